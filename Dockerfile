# One image for every service: which one runs is the command (see docker-compose.yaml).
FROM node:22-bookworm-slim AS build
WORKDIR /opmas
COPY . .
RUN npm ci --no-audit --no-fund --loglevel=error
ENV NX_DAEMON=false
RUN npx nx run-many -t build --output-style=static -p @opmas/ingestor,@opmas/parser,@opmas/agents,@opmas/actions,@opmas/query-api,@opmas/ui,@opmas/cli
RUN npm prune --omit=dev --no-audit --no-fund --loglevel=error && rm -rf .nx tools/embedded tools/bench tools/e2e

FROM node:22-bookworm-slim
ENV NODE_ENV=production HTTP_HOST=127.0.0.1 HTTP_PORT=9464
WORKDIR /opmas
COPY --from=build --chown=root:root /opmas /opmas
# Docker gives a new named volume the owner of the folder that it is mounted on.
RUN mkdir -p /var/lib/opmas/journal /var/lib/opmas/actions /var/lib/opmas/secret && chown -R node:node /var/lib/opmas
USER node
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HEALTH_PORT ?? process.env.HTTP_PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
