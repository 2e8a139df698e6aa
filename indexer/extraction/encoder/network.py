"""The trained network, run by ONNX Runtime on one thread: a worker process has one core to itself."""

import numpy as np
import onnxruntime

from indexer.extraction.encoder.decoding import Scores
from indexer.extraction.encoder.reading import EncodedText
from indexer.extraction.encoder.windows import windows


class Network:
    """Scores of labels for the tokens of a text."""

    def __init__(self, model: bytes) -> None:
        """``model`` is an ONNX file as the training's export writes it."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def emissions(self, text: EncodedText) -> Scores:
        """A score for each token and label; texts of any length, window by window."""
        parts = [self._run(window.text)[window.own] for window in windows(text)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _run(self, text: EncodedText) -> Scores:
        numbers = {
            "pieces": [text.pieces],
            "first": [text.first],
            "last": [text.last],
            "words": [text.words],
            "layers": [[row] for row in text.layers],
        }
        inputs = {name: np.asarray(rows, dtype=np.int64) for name, rows in numbers.items()}
        inputs["keep"] = np.ones((1, len(text.pieces)), dtype=np.float32)
        (emissions,) = self._session.run(None, inputs)
        scores: Scores = emissions[0]
        return scores
