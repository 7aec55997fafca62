# One image for every process; the entrypoint takes its name in the Procfile: web, worker, beat, release.
ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS builder
# mysqlclient is compiled; its compiler and headers stay behind in this stage.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev pkg-config default-libmysqlclient-dev \
    && rm -rf /var/lib/apt/lists/*
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/pipenv && /opt/pipenv/bin/pip install pipenv==2026.10.3 \
    && python -m venv /opt/venv
WORKDIR /build
COPY Pipfile Pipfile.lock ./
# Not of pipenv's making: the lock file alone, each file checked against its hash.
RUN /opt/pipenv/bin/pipenv requirements --hash --categories "packages mysql postgres production" > server.txt \
    && /opt/venv/bin/pip install --no-deps --require-hashes --requirement server.txt

FROM builder AS tests-builder
RUN /opt/pipenv/bin/pipenv requirements --hash --categories "dev-packages trials" > tests.txt \
    && /opt/venv/bin/pip install --no-deps --require-hashes --requirement tests.txt

FROM python:${PYTHON} AS runtime
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libmariadb3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir /data shop \
    && install --directory --owner shop --group shop /data /data/media /data/beat
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=storefront.settings.prod \
    PORT=8000 \
    MEDIA_ROOT=/data/media \
    BEAT_SCHEDULE_FILE=/data/beat/celerybeat-schedule
COPY --from=builder /opt/venv /opt/venv
WORKDIR /app
COPY . .
# As root, so that the shop can change neither its code nor its static files. It needs no secret.
RUN python manage.py collectstatic --noinput --verbosity 0 && python -m compileall -q .
USER shop
EXPOSE 8000
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "docker/healthcheck.py"]
ENTRYPOINT ["/app/docker/entrypoint.sh"]
CMD ["web"]

FROM runtime AS tests
USER root
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make redis-server \
    && rm -rf /var/lib/apt/lists/*
USER shop
COPY --from=tests-builder /opt/venv /opt/venv
ENV DJANGO_SETTINGS_MODULE=storefront.settings.test
HEALTHCHECK NONE
CMD ["python", "-m", "pytest", "-p", "no:cacheprovider"]

# What a plain `docker build` makes.
FROM runtime
