"""The rules of the month, one rule a file: equation, source, kernel, wrapper. They know no institution and no Mesa."""
