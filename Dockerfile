# One image for every process: serve, worker, migrate (docker-compose.yml says which is which).

FROM node:24-slim AS web
WORKDIR /web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --ignore-scripts
COPY web/ ./
RUN npm run build

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
# Names on printed tickets in the scripts that their own font lacks.
RUN apt-get update \
    && apt-get install --no-install-recommends --yes \
        fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.lock ./
RUN pip install --require-hashes --requirement requirements.lock
COPY alembic.ini ./
COPY migrations/ migrations/
COPY seatmap/ seatmap/
COPY realtime/ realtime/
COPY server/ server/
COPY --from=web /web/dist web/dist
RUN useradd --system --uid 10001 --home-dir /nonexistent fullhouse \
    && install --directory --owner fullhouse /var/lib/fullhouse
USER fullhouse
EXPOSE 8000
ENTRYPOINT ["python", "-m", "server"]
CMD ["serve"]
