"""The tagger of the ``accurate`` setting: a multilingual text encoder with a BiLSTM and a CRF on top, run by ONNX."""
