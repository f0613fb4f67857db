"""What a user of Mesa writes."""

from xiaoqu_lab.view import solara_viz

page = solara_viz("hengdong", seed=7)
