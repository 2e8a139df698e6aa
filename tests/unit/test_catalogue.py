"""The curated catalogue: a wrong entry gives a reader the wrong company, a wrong check lets it in."""

from typing import Any

import pytest
import yaml

from graph.catalogue import check_catalogue, load_catalogue, surface_key
from graph.catalogue.checks import check_documents
from graph.catalogue.files import catalogue_from_documents
from graph.catalogue.plain_yaml import value_from_yaml


def problems_of(*records: dict[str, Any], **tables: Any) -> list[str]:
    documents = {"org-labs.yaml": {"source": ["common"], "entities": list(records)}}
    return check_documents(documents | {f"{name}.yaml": table for name, table in tables.items()})


def test_shipped_files_have_no_problems() -> None:
    assert check_catalogue() == []


def test_every_shipped_entry_has_a_known_source() -> None:
    """Without it nobody can tell later whether a fact may be kept."""
    assert [entry.entity.id for entry in load_catalogue().entries if not entry.sources] == []


@pytest.mark.parametrize(
    ("name", "kind", "entity_id"),
    [
        ("智谱AI", "org", "org:智谱"),
        ("Z.ai", "org", "org:智谱"),
        ("深度求索", "org", "org:DeepSeek"),
        ("阿里达摩院", "org", "org:阿里达摩院"),
    ],
)
def test_names_lead_to_the_entity_a_reader_means(name: str, kind: Any, entity_id: str) -> None:
    owners = {surface_key(surface): owner for surface, owner, _ in load_catalogue().names(kind)}
    assert owners[surface_key(name)] == entity_id


@pytest.mark.parametrize(
    ("surface", "family", "maker"),
    [
        ("Qwen3.5-Plus", "model:千问", "org:阿里巴巴"),
        ("千问9-Max", "model:千问", "org:阿里巴巴"),
        ("Qwen4-72B-A9B-Instruct", "model:千问", "org:阿里巴巴"),
        ("GPT‑7.1 mini", "model:GPT", "org:OpenAI"),
        ("Claude Opus 9", "model:Claude Opus", "org:Anthropic"),
        ("DeepSeek-V9", "model:DeepSeek", "org:DeepSeek"),
        ("豆包大模型3.0 Pro", "model:豆包", "org:字节跳动"),
        ("文心大模型 6.0 Turbo", "model:文心", "org:百度"),
        ("iPhone 21 Pro Max", "product:iPhone", "org:苹果"),
    ],
)
def test_a_version_nobody_listed_finds_family_and_maker(surface: str, family: str, maker: str) -> None:
    """New versions come out every week; without the rule each is an orphan until a curator adds it."""
    found = load_catalogue().family_of(surface)
    assert found is not None
    assert (found.entity, found.maker) == (family, maker)


@pytest.mark.parametrize(
    "surface", ["GPT", "GPT商店", "Claude Code", "通义千问团队", "Gemini交易所", "Claude Max", "Yingwei", ""]
)
def test_other_names_are_no_versions_of_a_family(surface: str) -> None:
    """Otherwise a product or a team would be shown as a model."""
    assert load_catalogue().family_of(surface, "model") is None


def test_the_longest_family_name_wins() -> None:
    """混元3D 2.5 is a version of the 3D model, not of the language model."""
    found = load_catalogue().family_of("混元3D 2.5")
    assert found is not None
    assert found.entity == "model:混元3D"


def test_a_hostile_name_is_answered_at_once() -> None:
    """Names come from texts of strangers; a pattern that backtracks would hang the indexer."""
    assert load_catalogue().family_of("GPT" + "1a" * 400 + "!") is None


def test_families_can_be_narrowed_to_a_kind() -> None:
    assert load_catalogue().family_of("iPhone 21", "model") is None


@pytest.mark.parametrize(
    ("name", "default"),
    [
        *((name, "model") for name in ("Gemini", "Claude", "Grok", "千问")),
        *((name, "product") for name in ("豆包", "元宝", "Kimi", "ChatGPT")),
    ],
)
def test_a_name_of_several_kinds_has_the_kind_readers_expect(name: str, default: str) -> None:
    use = load_catalogue().use_of(name)
    assert use is not None
    assert use.default == default


def test_a_name_of_several_kinds_leads_to_the_entity_of_each() -> None:
    use = load_catalogue().use_of("kimi")
    assert use is not None
    assert (dict(use.entities).get("org"), dict(use.entities).get("policy")) == ("org:月之暗面", None)
    assert load_catalogue().use_of("商汤") is None


def test_models_name_their_makers() -> None:
    """The page of a company lists its models; the few without a maker are community work."""
    models = [entry for entry in load_catalogue().entries if entry.entity.kind == "model"]
    assert sum(entry.fact("maker") is None for entry in models) <= 10


def test_a_common_word_is_marked_ambiguous() -> None:
    """Otherwise every 字节 (byte) in a text would be the company."""
    assert ("字节", "org:字节跳动", True) in set(load_catalogue().names("org"))


def test_names_can_be_narrowed_to_a_kind() -> None:
    assert all(entity_id.startswith("org:") for _, entity_id, _ in load_catalogue().names("org"))


def test_an_old_id_still_finds_its_entity() -> None:
    """Links that a reader saved keep working after a rename."""
    record = {"id": "org:智谱", "formerly": ["org:智谱AI"], "name": "智谱华章"}
    catalogue = catalogue_from_documents({"org-labs.yaml": {"entities": [record]}})
    assert catalogue.resolve("org:智谱AI") == "org:智谱"
    assert catalogue.resolve("org:某某") == "org:某某"
    assert catalogue.by_id["org:智谱"].entity.name == "智谱华章"


def test_spellings_that_differ_only_in_form_share_a_key() -> None:
    assert surface_key("ＧＰＴ‑5.2") == surface_key("gpt 5.2") == surface_key("GPT-5.2")
    assert surface_key("萨姆·奥特曼") == surface_key("萨姆・奥特曼")
    assert surface_key("GPT-52") != surface_key("GPT-5.2")


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"id": "org:甲", "alias": ["乙"]}, "org-labs.yaml: org:甲: unknown key 'alias'"),
        ({"id": "firm:甲"}, "org-labs.yaml: firm:甲: unknown kind 'firm'"),
        ({"id": "org:"}, "org-labs.yaml: org:: an id needs a name after its kind"),
        ({"id": "org:甲/乙"}, "org-labs.yaml: org:甲/乙: an id has no slash"),
        ({"id": "org:" + "甲" * 70}, f"org-labs.yaml: org:{'甲' * 70}: an id has at most 200 bytes"),
        ({"name": "甲"}, "org-labs.yaml: an entry without id: an entry is a mapping with a text 'id'"),
        ({"id": "org:甲", "aliases": ["乙"]}, "org-labs.yaml: org:甲: 'aliases' has the wrong shape: ['乙']"),
        (
            {"id": "org:甲", "aliases": {"nick": ["乙"]}},
            "org-labs.yaml: org:甲: unknown kind of alias 'nick'",
        ),
        (
            {"id": "org:甲", "aliases": {"short": [360]}},
            "org-labs.yaml: org:甲: aliases of kind 'short' are a list of texts: [360]",
        ),
        (
            {"id": "org:甲", "ambiguous": [360]},
            "org-labs.yaml: org:甲: 'ambiguous' is a list of texts: [360]",
        ),
        (
            {"id": "org:甲", "facts": {"parent": 1}},
            "org-labs.yaml: org:甲: fact 'parent' is a text or a list of texts: 1",
        ),
        (
            {"id": "org:甲", "ambiguous": ["乙"]},
            "org-labs.yaml: org:甲: ambiguous '乙' is neither its name nor an alias",
        ),
        (
            {"id": "org:甲", "aliases": {"short": ["·"]}},
            "org-labs.yaml: org:甲: alias '·' is empty",
        ),
        (
            {"id": "org:甲", "facts": {"parent": "org:乙"}},
            "org-labs.yaml: org:甲: fact 'parent' names an unknown entity 'org:乙'",
        ),
        ({"id": "org:甲", "facts": {"level": "乡"}}, "org-labs.yaml: org:甲: unknown level '乡'"),
        ({"id": "org:甲", "facts": {"city": "北京"}}, "org-labs.yaml: org:甲: unknown fact 'city'"),
        ({"id": "org:甲", "source": ["hearsay"]}, "org-labs.yaml: org:甲: unknown source 'hearsay'"),
    ],
)
def test_a_bad_entry_is_named_with_its_file(record: dict[str, Any], said: str) -> None:
    assert problems_of(record) == [said]


def test_an_id_is_given_once() -> None:
    said = problems_of({"id": "org:甲"}, {"id": "org:乙", "formerly": ["org:甲"]})
    assert said == ["org-labs.yaml: org:乙: id org:甲 is already taken in org-labs.yaml"]


def test_a_name_belongs_to_one_entity_of_its_kind() -> None:
    """Otherwise the same words lead to one company today and to another tomorrow."""
    said = problems_of({"id": "org:Open AI"}, {"id": "org:甲", "aliases": {"latin": ["OpenAI"]}})
    assert said == ["org-labs.yaml: org:甲: alias 'OpenAI' already belongs to org:Open AI (org-labs.yaml)"]


def test_kinds_may_share_a_name() -> None:
    assert problems_of({"id": "org:豆包"}, {"id": "product:豆包"}) == []


@pytest.mark.parametrize("document", [None, [], {"entities": {}}, {"entities": [], "kind": "org"}])
def test_a_file_of_another_shape_is_named(document: Any) -> None:
    assert check_documents({"org.yaml": document}) == [
        "org.yaml: a file is a mapping with 'entities' (a list) and perhaps 'source' (a list)"
    ]


def test_tables_name_only_entities_of_the_catalogue() -> None:
    said = problems_of(
        {"id": "model:GPT"},
        families={"families": ["model:GPT", "model:GLM", "model:GPT", {"entity": "model:GPT"}]},
        uses={"uses": [{"name": "GPT", "default": "org", "entities": ["model:GPT", "org:GPT"]}]},
    )
    assert said == [
        "families.yaml: 'model:GLM' is no entity of the catalogue",
        "families.yaml: model:GPT: listed twice",
        "families.yaml: model:GPT: a family is an id, or a mapping with 'entity' and 'forms'",
        "families.yaml: model:GPT: listed twice",
        "uses.yaml: GPT: 'org:GPT' is no entity of the catalogue",
    ]


def test_a_use_has_a_default_among_its_kinds() -> None:
    use = {"name": "GPT", "default": "product", "entities": ["model:GPT"]}
    said = problems_of({"id": "model:GPT"}, uses={"uses": [use, {"name": "gpt"}]})
    assert said == [
        "uses.yaml: GPT: 'default' is one of the kinds of 'entities', each kind once",
        "uses.yaml: gpt: a use is a mapping with 'name', 'default' and 'entities'",
        "uses.yaml: gpt: 'default' is one of the kinds of 'entities', each kind once",
        "uses.yaml: gpt: listed twice",
    ]


def test_values_stay_texts() -> None:
    """360 is a company and 1.0 a version, not numbers."""
    text = "# 注释\nsource: [common]\nentities:\n- id: org:360\n  aliases: {short: [360, no], latin: []}\n"
    record = {"id": "org:360", "aliases": {"short": ["360", "no"], "latin": []}}
    assert value_from_yaml(text) == {"source": ["common"], "entities": [record]}
    assert value_from_yaml("") is None


@pytest.mark.parametrize("text", ["- [甲", "- &a 甲\n- *a"])
def test_a_file_that_is_not_plain_yaml_names_the_line(text: str) -> None:
    with pytest.raises(yaml.YAMLError, match=r"line [12]"):
        value_from_yaml(text)
