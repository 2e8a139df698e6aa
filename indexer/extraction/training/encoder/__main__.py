"""``python -m indexer.extraction.training.encoder``: trains the tagger of the accurate setting and exports it.

Stopped, it goes on from the last checkpoint in ``--work``. Equal input, seed and machine give an equal model.
"""

import argparse
import lzma
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import orjson
import torch

from indexer.extraction.encoder.layers import LayerReader
from indexer.extraction.encoder.pieces import pieces_from_lines, pieces_to_lines
from indexer.extraction.encoder.reading import TextReader
from indexer.extraction.encoder.tagger import FIELD_FILE, MODELS, NETWORK_FILE, PIECES_FILE, LabelField
from indexer.extraction.lexicon import load_lexicon
from indexer.extraction.propagation import propagate
from indexer.extraction.training.encoder.batches import Batches, collate, of_like_length
from indexer.extraction.training.encoder.examples import LABELS, Alphabets, Example, examples_of, number_values
from indexer.extraction.training.encoder.export import export_network, write_field
from indexer.extraction.training.encoder.network import Sizes, TaggerNetwork
from indexer.extraction.training.encoder.schedule import Schedule
from indexer.extraction.training.encoder.trainer import Trainer, say
from indexer.extraction.training.encoder.vocabulary import choose_pieces, tokeniser_of
from indexer.extraction.training.encoder.weights import EncoderWeights
from indexer.extraction.training.labelled import LabelledItem, load_labelled
from indexer.extraction.training.scoring import score_mentions
from indexer.extraction.word_classes import load_word_classes
from indexer.model import IndexerError

BATCH = 16
_TEXT_LENGTH = 600
_SCORED_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Readers:
    """What turns labelled items into numbers, and the numbers' sizes."""

    text: TextReader
    alphabets: Alphabets
    sizes: Sizes


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains as the arguments say; 0 when the model was written, 2 for input that cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        items = load_labelled(options.items, options.labels)
        held_out = load_labelled(options.scored_items, options.scored_labels) if options.scored_items else ()
        weights = EncoderWeights.from_wheel()
        kept = _pieces(weights, options.out / PIECES_FILE, options.unlabelled)
    except (IndexerError, OSError) as error:
        say(str(error))
        return 2
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)  # two were slower than one
    readers = _readers(items, weights, kept, options.depth)
    network = TaggerNetwork(weights, readers.sizes, LABELS)
    network.encoder.load(weights, kept)
    batches = Batches(
        examples_of(items, readers.text, trained_on=True), readers.alphabets.outside, size=BATCH, seed=options.seed
    )
    options.work.mkdir(parents=True, exist_ok=True)
    scored = examples_of(held_out, readers.text, trained_on=False)
    schedule = Schedule(options.epochs, len(batches))
    trainer = Trainer(network, batches, schedule, options.work, averaged=options.mean_of)
    trainer.run(lambda epoch: _say_figures(f"epoch {epoch}", network, held_out, scored))
    _say_figures("mean", network, held_out, scored)
    export_network(network, options.out / NETWORK_FILE)
    write_field(LABELS, network, readers.alphabets, options.out / FIELD_FILE)
    return 0


def _pieces(weights: EncoderWeights, file: Path, unlabelled: Path) -> list[int]:
    """Numbers of the pieces in ``file``, which is first written from the unlabelled texts where it is missing."""
    if not file.exists():
        chosen = choose_pieces(weights, _unlabelled_texts(unlabelled))
        found = pieces_to_lines([weights.pieces[n] for n in chosen], [weights.scores[n] for n in chosen])
        file.write_text("".join(found), "utf-8")
    numbers = {piece: number for number, piece in enumerate(weights.pieces)}
    lines = file.read_text("utf-8").removesuffix("\n").split("\n")
    return [numbers[piece] for piece in pieces_from_lines(lines)[0]]


def _unlabelled_texts(path: Path) -> Iterator[str]:
    """Beginnings of the items about AI."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for record in map(orjson.loads, lines):
            if record["ai"]:
                yield f"{record['title'] or ''}\n{(record['body'] or '')[:_TEXT_LENGTH]}"


def _readers(items: Sequence[LabelledItem], weights: EncoderWeights, kept: Sequence[int], depth: int) -> Readers:
    layers = LayerReader(load_lexicon(), load_word_classes())
    alphabets = number_values(items, layers)
    sizes = Sizes(
        pieces=len(kept),
        words=len(alphabets.words) + 1,
        layers=tuple(len(values) + 1 for values in alphabets.layers),
        depth=depth,
    )
    reader = TextReader(tokeniser_of(weights, kept), layers, alphabets.words, alphabets.layers)
    return Readers(reader, alphabets, sizes)


def _say_figures(
    title: str, network: TaggerNetwork, items: Sequence[LabelledItem], examples: Sequence[Example]
) -> None:
    """Figures of the network as it is on items that it was not trained on, if there are any."""
    say(title)
    if not items:
        return
    network.eval()
    begins, follows = (scores.detach().numpy() for scores in network.field.scores())
    field = LabelField(labels=LABELS, begins=begins, follows=follows)
    found = {}
    with torch.inference_mode():
        for chosen in of_like_length(examples, _SCORED_AT_ONCE):
            together = [examples[at] for at in chosen]
            batch = collate(together, [example.text.layers for example in together])
            for at, scores in zip(chosen, network.emissions(batch, half=True).numpy(), strict=True):
                item = items[at]
                emissions = scores[: len(item.text.starts)]
                found[item.title, item.body] = field.spans(item.text, len(item.title), emissions)
    for line in score_mentions(items, lambda title, body: propagate(title, body, found[title, body])):
        say(line)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m indexer.extraction.training.encoder", description=__doc__)
    parser.add_argument("--items", type=Path, required=True, help='lines {"id", "title", "body"}')
    parser.add_argument("--labels", type=Path, required=True, help='lines {"id", "entities": [{"type", "surfaces"}]}')
    parser.add_argument(
        "--unlabelled", type=Path, help="xz of lines {ai, title, body}: chooses the pieces where none are chosen yet"
    )
    parser.add_argument("--scored-items", type=Path, help="items for figures after each epoch, with --scored-labels")
    parser.add_argument("--scored-labels", type=Path)
    parser.add_argument("--out", type=Path, default=Path(str(resources.files(MODELS))), help="folder of the model")
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoints, some 800 MB")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument(
        "--mean-of", type=int, nargs="*", default=(), help="steps whose weights are averaged with those of the end"
    )
    parser.add_argument("--depth", type=int, default=12, help="layers of the encoder that are used, from below")
    parser.add_argument("--seed", type=int, default=0)
    return parser


if __name__ == "__main__":
    sys.exit(main())
