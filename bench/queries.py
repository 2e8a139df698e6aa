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

UNDERSTOOD = (
    *("智谱 融资", "谁投资了宇树科技", "英伟达 芯片", "DeepSeek 开源 模型", "人形机器人 量产", "华为昇腾 算力"),
    *("月之暗面 融资", "OpenAI 发布 GPT-5", "特斯拉 自动驾驶", "字节跳动 豆包 大模型", "阿里 通义千问 开源"),
    *("百度 文心一言", "具身智能 融资", "Claude 智能体", "腾讯 混元", "数据中心 收购", "谷歌 Gemini 发布"),
    *("商汤 机器人", "科大讯飞 星火 发布", "MiniMax 合作", "阶跃星辰 大模型", "小米 自动驾驶", "Qwen3 开源"),
    *("2025年8月 融资", "近90天 OpenAI 合作", "Kimi 发布", "百度 自动驾驶 合作", "微软 数据中心", "马斯克 xAI 算力"),
)
"""Names with their aliases, known words, dates and questions, over items of the industry and made-up ones alike."""

PREFIXES_TYPED = (
    "智",
    "智谱",
    "zhip",
    "zp",
    "deep",
    "Deep",
    "open",
    "百",
    "百du",
    "字节",
    "zijie",
    "融资",
    "机器",
    "qwen",
)
"""What a reader has typed when names are suggested."""
