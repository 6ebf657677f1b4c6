# Stands for checks whose tool a stage before, a package list or the base brings.
ARG EXTRA="curl jq"
FROM node:22-bookworm-slim AS tools
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      ca-certificates \
      curl=7.* \
 && rm -rf /var/lib/apt/lists/*

FROM tools AS web
WORKDIR /app
COPY --chown=node . .
USER 1000
EXPOSE 3000
# The port of the check is for nobody outside, and not exposed.
HEALTHCHECK --interval=30s --timeout=30s --retries=3 CMD curl -fsS http://localhost:9464/ready || exit 1
CMD ["node", "server.js"]
