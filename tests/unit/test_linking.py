"""Linking: where it fails a company's news is scattered over several pages, or two companies share one."""

import pytest

from graph.catalogue import Catalogue
from graph.catalogue.files import catalogue_from_documents
from graph.model import EntityKind
from indexer.extraction.canonical import LONGEST_ID, canonical_form, new_entity_id
from indexer.extraction.linking import Linker
from indexer.extraction.passage import Spotted


def small_catalogue() -> Catalogue:
    entities = [
        {"id": "org:智谱", "aliases": {"short": ["智谱AI"], "latin": ["Zhipu"]}},
        {"id": "org:深度求索"},
        {"id": "org:MiniMax"},
        {"id": "model:千问", "aliases": {"latin": ["Qwen"]}, "facts": {"maker": "org:智谱"}},
        {"id": "model:MiniMax M2", "facts": {"maker": "org:MiniMax"}},
        {"id": "product:Windows"},
        {"id": "person:奥特曼", "aliases": {"latin": ["Sam Altman"]}},
    ]
    return catalogue_from_documents(
        {"all.yaml": {"entities": entities}, "families.yaml": {"families": ["model:千问"]}}
    )


LINKER = Linker(small_catalogue())


def ids(text: str, *names: tuple[str, EntityKind]) -> list[str]:
    spotted = [Spotted(start=text.index(name), end=text.index(name) + len(name), kind=kind) for name, kind in names]
    return [one.entity_id for one in LINKER.link(text, spotted)]


def test_every_writing_of_a_catalogued_name_is_one_entity() -> None:
    text = "智谱、智谱 AI 与 ZHIPU"
    assert ids(text, ("智谱、"[:-1], "org"), ("智谱 AI", "org"), ("ZHIPU", "org")) == ["org:智谱"] * 3


def test_a_version_that_nobody_listed_gets_a_steady_id() -> None:
    wide = ids("Ｑｗｅｎ３．５－Ｐｌｕｓ上线", ("Ｑｗｅｎ３．５－Ｐｌｕｓ", "model"))
    assert wide == ids("千问3.5 Plus上线", ("千问3.5 Plus", "model"))
    assert wide[0].startswith("model:")


def test_a_kind_has_its_own_names() -> None:
    assert ids("千问", ("千问", "org")) == ["org:千问"]


@pytest.mark.parametrize(
    ("text", "short", "long", "kind"),
    [
        ("灵宝科技完成融资，灵宝将扩产", "灵宝将"[:-1], "灵宝科技", "org"),
        ("上海灵宝科技有限公司（简称“灵宝科技”）成立", "灵宝科技”"[:-1], "上海灵宝科技有限公司", "org"),
        ("BrainBox脑匣科技发布新品，脑匣科技说", "，脑匣科技"[1:], "BrainBox脑匣科技", "org"),
        ("Dream Works Labs（DWL）发布", "DWL", "Dream Works Labs", "org"),
        ("伊万·彼得罗夫出席，彼得罗夫说", "，彼得罗夫"[1:], "伊万·彼得罗夫", "person"),
        ("启明-V4发布，V4更快", "，V4"[1:], "启明-V4", "model"),
        ("启明5，代号“海燕”，今日上线", "海燕", "启明5", "model"),
        (
            "《数据要素流通管理暂行办法》施行，管理暂行办法规定",
            "，管理暂行办法"[1:],
            "数据要素流通管理暂行办法",
            "policy",
        ),
    ],
)
def test_another_writing_in_the_same_item_is_the_same_entity(
    text: str, short: str, long: str, kind: EntityKind
) -> None:
    start, last = text.index(long), text.rindex(short)
    spotted = [
        Spotted(start=start, end=start + len(long), kind=kind),
        Spotted(start=last, end=last + len(short), kind=kind),
    ]
    first, second = LINKER.link(text, spotted)
    assert first.entity_id == second.entity_id


def test_names_that_only_look_alike_stay_apart() -> None:
    text = "晨星云与晨星汽车零部件中心，R1与AR1，Dockyard for Windows与Windows"
    first, second = ids(text, ("晨星云", "org"), ("晨星汽车零部件中心", "org"))
    assert first != second
    first, second = ids(text, ("R1与"[:-1], "model"), ("AR1", "model"))
    assert first != second
    text = "Dockyard for Windows与Windows"
    spotted = [Spotted(start=0, end=20, kind="product"), Spotted(start=21, end=28, kind="product")]
    named = LINKER.link(text, spotted)
    assert named[0].entity_id != named[1].entity_id == "product:Windows"


def test_a_short_version_takes_the_name_beside_it() -> None:
    assert ids("MiniMax 今日更新，M2 速度翻倍", ("MiniMax", "org"), ("M2", "model"))[1] == "model:MiniMax M2"


def test_desks_that_write_a_name_differently_agree_on_its_id() -> None:
    writings = ("极映科技", "上海极映科技有限公司", "极映科技公司", "「极映科技」")
    assert len({new_entity_id(canonical_form(writing, "org"), "org") for writing in writings}) == 1
    models = ("星河 大模型", "星河大模型", "星河")
    assert len({new_entity_id(canonical_form(writing, "model"), "model") for writing in models}) == 1


def test_an_id_holds_no_slash_and_never_grows_beyond_its_limit() -> None:
    name = "关于" + "促进人工智能与实体经济深度融合" * 12 + "的A/B意见"
    first, second = new_entity_id(name, "policy"), new_entity_id(name + "一", "policy")
    assert "/" not in first
    assert len(first.encode()) <= LONGEST_ID
    assert first != second
