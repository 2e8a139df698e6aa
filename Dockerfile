# Built and read by tests only: no Docker engine was at hand when this was written (see docs/operations.md).
FROM python:3.12-slim AS build
WORKDIR /src
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY graph graph
COPY indexer indexer
COPY search_service search_service
RUN python -m venv /opt/zhimai \
    && /opt/zhimai/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
    && /opt/zhimai/bin/pip install --no-cache-dir --no-deps .

FROM python:3.12-slim
COPY --from=build /opt/zhimai /opt/zhimai
RUN useradd --system --uid 10001 zhimai && mkdir /data && chown zhimai /data
USER zhimai
ENV PATH=/opt/zhimai/bin:$PATH ZHIMAI_ENGINE=embedded:/data ZHIMAI_HOST=0.0.0.0
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/livez')"]
CMD ["zhimai", "serve"]
