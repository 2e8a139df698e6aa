# Tags are exact; digests are not pinned, because they could not be looked up where this was written. Nobody has built
# this image yet: no Docker engine was at hand (docs/operations.md says what was run instead).
FROM python:3.12.12-slim-bookworm AS build
WORKDIR /src
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/build \
    && /opt/build/bin/pip install --no-cache-dir --require-hashes --requirement requirements-build.lock \
    && python -m venv /opt/zhimai \
    && /opt/zhimai/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY graph graph
COPY indexer indexer
COPY search_service search_service
RUN /opt/build/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /src/wheel . \
    && /opt/zhimai/bin/pip install --no-cache-dir --no-deps /src/wheel/*.whl \
    && /opt/zhimai/bin/pip uninstall --yes pip

FROM python:3.12.12-slim-bookworm
COPY --from=build /opt/zhimai /opt/zhimai
# the archive is a folder below the volume, so that a restored or rebuilt one can be made beside it
RUN groupadd --gid 10001 zhimai \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin zhimai \
    && install --directory --owner zhimai --group zhimai /data
ENV PATH=/opt/zhimai/bin:$PATH \
    ZHIMAI_ENGINE=embedded:/data/archive \
    ZHIMAI_HOST=0.0.0.0
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ.get('ZHIMAI_PORT', 8000)}/livez\", timeout=4)"]
ENTRYPOINT ["zhimai"]
CMD ["serve"]
