"""``zhimai search``, ``entity`` and ``path``: the same answers as the API, as tables or as JSON."""

from typing import Any

import click
import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from graph.kinds import ENTITY_LABELS, RELATION_LABELS
from search_service.calendar import today_in_shanghai
from search_service.cli.context import pass_settings
from search_service.cli.exits import NOT_STORED_OR_FOUND, WRONG_CALL, fail
from search_service.cli.parameters import WORDS, Day
from search_service.engines import open_engine
from search_service.engines.contract import SearchEngine
from search_service.settings import Settings
from search_service.spelling.known_names import ArchiveNames, KnownNames
from search_service.views.connections import neighbours_of, relations_of
from search_service.views.entities import entity as entity_record
from search_service.views.names import SHIPPED_NAMES
from search_service.views.parameters import SORTS, BadParameter
from search_service.views.paths import paths
from search_service.views.search import SearchParameters
from search_service.views.spelling import search_with_spelling

SHOWN_RELATIONS = 20
SHOWN_NEIGHBOURS = 10

Record = dict[str, Any]


@click.command()
@click.argument("query", default="", type=WORDS)
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="Hits shown.")
@click.option("--sort", type=click.Choice(SORTS), default="relevance", show_default=True)
@click.option("--since", type=Day(last=False), help="First day, inclusive.")
@click.option("--until", type=Day(last=True), help="Last day, inclusive.")
@click.option("--json", "as_json", is_flag=True, help="Print the body of /api/v1/search.")
@pass_settings
def search(settings: Settings, /, query: str, *, as_json: bool, **options: Any) -> None:
    """Search items. The query language: words, OR, -not, "phrase", prefix*, field:value, since:, until:, ( )."""
    with open_engine(settings.engine, access=settings.access) as engine:
        try:
            known = KnownNames(engine, SHIPPED_NAMES)
            asked = SearchParameters(q=query, **options, today=today_in_shanghai())
            found = search_with_spelling(engine, known, asked, names=ArchiveNames(SHIPPED_NAMES, known))
        except BadParameter as error:
            fail(str(error), WRONG_CALL)
    if as_json:
        print_json(found)
        return
    for problem in found["query"]["problems"]:
        click.echo(f"at {problem['position']}: {problem['message']}", err=True)
    if found["query"]["relaxed_note"]:
        click.echo(found["query"]["relaxed_note"], err=True)
    click.echo(f"{found['total']:,} items · {found['query']['read_as']}", err=True)
    if meant := found["query"]["did_you_mean"]:
        click.echo(f"did you mean {meant['text']} ({meant['count']:,} items)?", err=True)
    Console().print(_hits_table(found["items"]))


def _hits_table(items: list[Record]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("day", "title", "section", "source", "id"):
        table.add_column(heading, no_wrap=heading in ("day", "id"), overflow="fold")
    for item in items:
        title = Text(item["title"])
        for start, end in item["highlights"]["title"]:
            title.stylize("bold yellow", start, end)
        table.add_row(item["date"] or "-", title, Text(item["section"]), Text(item["source"] or ""), item["id"])
    return table


@click.command()
@click.argument("name", type=WORDS)
@click.option("--json", "as_json", is_flag=True, help="Print the entity as the API gives it, with its relations.")
@pass_settings
def entity(settings: Settings, /, name: str, *, as_json: bool) -> None:
    """Show an organisation, model, policy, product or person by name, alias or id."""
    with open_engine(settings.engine, access=settings.access) as engine:
        records = _entities_named(engine, name)
        if not records:
            fail(f"no entity is called {name!r}; try zhimai search {name!r}", NOT_STORED_OR_FOUND)
        if as_json:
            print_json(records[0])
            return
        for record in records[:1]:
            _print_entity(Console(), record)
    for other in records[1:]:
        click.echo(f"also called so: {other['id']} ({other['items']:,} items)", err=True)


def _entities_named(engine: SearchEngine, name: str) -> list[Record]:
    """Entities of that name, those with most items first, each with relations and neighbours."""
    found = [entity_record(engine, entity_id) for entity_id in SHIPPED_NAMES.named(engine, name)]
    records = sorted(filter(None, found), key=lambda record: -record["items"])
    return [
        {
            **record,
            "relations": relations_of(engine, record["id"], limit=SHOWN_RELATIONS)["items"],
            "neighbours": neighbours_of(engine, record["id"], limit=SHOWN_NEIGHBOURS)["items"],
        }
        for record in records
    ]


def _print_entity(console: Console, record: Record) -> None:
    console.print(Text.assemble((record["name"], "bold"), f"  {ENTITY_LABELS[record['kind']].zh}  {record['id']}"))
    if record["description"]:
        console.print(Text(record["description"]))
    aliases = "、".join(alias["text"] for alias in record["aliases"])
    console.print(Text(f"{record['items']:,} items, {record['first_seen'] or '-'} to {record['last_seen'] or '-'}"))
    if aliases:
        console.print(Text(f"also: {aliases}"))
    for fact in record["facts"]:
        console.print(Text(f"{fact['label']}: {fact['value']}"))
    if record["relations"]:
        console.print(_relations_table(record["relations"], record["id"]))
    if record["neighbours"]:
        beside = "、".join(f"{n['entity']['name']} {n['count']}" for n in record["neighbours"])
        console.print(Text(f"named beside: {beside}"))


def _relations_table(relations: list[Record], entity_id: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("day", "relation", "with", "said in"):
        table.add_column(heading, no_wrap=heading in ("day", "relation"), overflow="fold")
    for relation in relations:
        label = RELATION_LABELS[relation["kind"]]
        outward = relation["subject"]["id"] == entity_id
        other = relation["object" if outward else "subject"]["name"]
        latest = relation["evidence"][-1]
        kind = label.zh if outward else label.reverse_zh
        table.add_row(latest["date"] or "-", kind, Text(other), _sentence(latest))
    return table


def _sentence(evidence: Record) -> Text:
    """The sentence on one line, its telling words marked."""
    text = Text(evidence["text"].replace("\n", " "))
    start, end = (offset - evidence["start"] for offset in evidence["trigger"])
    text.stylize("bold yellow", start, end)
    return text


@click.command()
@click.argument("start", metavar="A", type=WORDS)
@click.argument("end", metavar="B", type=WORDS)
@click.option("--max-hops", type=click.IntRange(1, 6), default=4, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the body of /api/v1/graph/path.")
@pass_settings
def path(settings: Settings, /, start: str, end: str, *, max_hops: int, as_json: bool) -> None:
    """Show how two entities are tied, with the sentence of every hop."""
    with open_engine(settings.engine, access=settings.access) as engine:
        try:
            found = paths(engine, start=start, end=end, max_hops=max_hops)
        except BadParameter as error:
            fail(str(error), NOT_STORED_OR_FOUND)
    if as_json:
        print_json(found)
    if not found["paths"]:
        fail(f"no path of at most {max_hops} hops from {start} to {end}", NOT_STORED_OR_FOUND)
    if not as_json:
        for number, one in enumerate(found["paths"], start=1):
            _print_path(Console(), number, one["hops"])


def _print_path(console: Console, number: int, hops: list[Record]) -> None:
    names = " - ".join([hops[0]["from"]["name"], *(hop["to"]["name"] for hop in hops)])
    console.print(Text(f"{number}. {names}", style="bold"))
    for hop in hops:
        label = RELATION_LABELS[hop["kind"]].zh
        said = hop["evidence"][0]
        console.print(Text(f"   {hop['subject']['name']} {label} {hop['object']['name']}"))
        console.print(Text.assemble(f"   {said['date'] or '-'}  ", _sentence(said)))


def print_json(record: Record) -> None:
    """Prints a record as indented JSON on standard output."""
    click.echo(orjson.dumps(record, option=orjson.OPT_INDENT_2).decode())
