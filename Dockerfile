# TypeScript runs as it is: the first stage only fetches dependencies, and nothing of npm's cache reaches the second.
FROM node:26-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# The optional packages bring a Node for machines without one; the image has its own.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund

FROM node:26-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY grammar ./grammar
COPY src ./src
COPY rules ./rules
# Only the log is written, under /data: the root file system may be read-only.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
ENV SLUICE_HOST=0.0.0.0 SLUICE_PORT=8080 SLUICE_RULES=/app/rules SLUICE_DATA=/data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SLUICE_PORT}/livez`).then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--min-semi-space-size=16", "--max-semi-space-size=32", "--initial-old-space-size=128", "src/main.ts"]
CMD ["serve"]
