"""The curated catalogue: entities of the AI industry, kept as YAML files beside this module."""

from graph.catalogue.checks import check_catalogue
from graph.catalogue.entries import Catalogue, CatalogueEntry, Family, NameUse, surface_key
from graph.catalogue.files import load_catalogue

__all__ = [
    "Catalogue",
    "CatalogueEntry",
    "Family",
    "NameUse",
    "check_catalogue",
    "load_catalogue",
    "surface_key",
]
