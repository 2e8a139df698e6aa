"""The queries that searches are timed with, by kind. Words are names and topics of the industry, fixed here so that
two runs ask the same."""

WORDS = (
    *("智谱", "英伟达", "融资", "开源", "机器人", "芯片", "自动驾驶", "大模型"),
    *("算力", "百度", "华为", "字节跳动", "腾讯", "具身智能", "数据中心", "智能体"),
)
MODELS = ("GPT-5", "GLM-5", "DeepSeek-V3", "Qwen3", "Kimi", "Gemini", "Claude", "Llama")

KINDS: dict[str, tuple[str, ...]] = {
    "word": (*WORDS, *MODELS),
    "and": tuple(f"{a} {b}" for a, b in zip(WORDS, [*WORDS[3:], *WORDS[:3]], strict=True)),
    "or": tuple(f"{a} OR {b} OR {c}" for a, b, c in zip(WORDS, WORDS[1:], WORDS[2:], strict=False)),
    "phrase": (
        "人工智能大模型",
        "完成新一轮融资",
        "开源大语言模型",
        "人形机器人量产",
        "数据中心建设",
        "自动驾驶出租车",
    ),
    "prefix": ("GPT*", "Qwen*", "Deep*", "Claude*", "open*", "robo*"),
    "not": tuple(f"{a} -{b}" for a, b in zip(WORDS, WORDS[2:], strict=False)),
    "filter": tuple(f"{word} since:2026-02 until:2026-04" for word in WORDS),
}
