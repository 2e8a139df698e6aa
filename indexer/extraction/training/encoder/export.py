"""The trained network as ONNX with 8-bit weights: what the program runs without PyTorch.

Matrices of the encoder keep a scale for every 32 values (MatMulNBits); vectors of pieces and the LSTM's weights are
plain 8-bit. That form was found to lose nothing on items of other desks, at a quarter of the size.
"""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from onnx import ModelProto
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer

from indexer.extraction.encoder.layers import LAYERS
from indexer.extraction.training.encoder.examples import Alphabets
from indexer.extraction.training.encoder.network import TaggerNetwork

INPUTS = ("pieces", "keep", "first", "last", "words", "layers")
OUTPUT = "emissions"
BLOCK = 32
_OPSET = 17


def export_network(network: TaggerNetwork, out: Path) -> None:
    """Writes the network's scores of labels as an ONNX model with 8-bit weights."""
    with tempfile.TemporaryDirectory() as folder:
        plain, narrow = Path(folder) / "plain.onnx", Path(folder) / "narrow.onnx"
        _export_floats(network, plain)
        onnx.save(_with_narrow_matrices(onnx.load(plain)), narrow)
        quantize_dynamic(
            narrow,
            out,
            op_types_to_quantize=["Gather", "LSTM"],
            weight_type=QuantType.QInt8,
            per_channel=True,
        )


def _export_floats(network: TaggerNetwork, out: Path) -> None:
    network.eval()
    texts, pieces, tokens = 1, 40, 50
    inputs = (
        torch.ones(texts, pieces, dtype=torch.long),
        torch.ones(texts, pieces),
        torch.ones(texts, tokens, dtype=torch.long),
        torch.ones(texts, tokens, dtype=torch.long),
        torch.ones(texts, tokens, dtype=torch.long),
        torch.ones(len(LAYERS), texts, tokens, dtype=torch.long),
    )
    axes = {
        **{name: {0: "texts", 1: "pieces"} for name in INPUTS[:2]},
        **{name: {0: "texts", 1: "tokens"} for name in (*INPUTS[2:5], OUTPUT)},
        "layers": {1: "texts", 2: "tokens"},
    }
    with torch.no_grad():
        torch.onnx.export(
            network,
            inputs,
            str(out),
            input_names=list(INPUTS),
            output_names=[OUTPUT],
            dynamic_axes=axes,
            opset_version=_OPSET,
            dynamo=False,
        )


def _with_narrow_matrices(model: ModelProto) -> ModelProto:
    choice = DefaultWeightOnlyQuantConfig(
        block_size=BLOCK, is_symmetric=True, accuracy_level=4, bits=8, op_types_to_quantize=("MatMul",)
    )
    quantiser = MatMulNBitsQuantizer(model, algo_config=choice)
    quantiser.process()
    return quantiser.model.model


def write_field(labels: Sequence[str], network: TaggerNetwork, alphabets: Alphabets, out: Path) -> None:
    """Writes what the program needs beside the network: labels, their transitions, and the known values."""
    begins, follows = (scores.detach().numpy().round(4).tolist() for scores in network.field.scores())
    record = {
        "labels": labels,
        "begins": begins,
        "follows": follows,
        "words": list(alphabets.words),
        "layers": [list(values) for values in alphabets.layers],
    }
    out.write_text(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
