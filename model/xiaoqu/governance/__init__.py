"""How compounds decide: assemblies under the law, tenders, formation of bodies, campaign, evaluation, programmes."""
