# Stands for images that begin as root, make folders, and become somebody else.
FROM debian:bookworm-slim
RUN groupadd -r cache --gid=999 && useradd -r -g cache --uid=999 cache
RUN apt-get update && apt-get install -y --no-install-recommends gosu && gosu nobody true
VOLUME /data
COPY docker-entrypoint.sh /usr/local/bin/
ENTRYPOINT ["docker-entrypoint.sh"]
EXPOSE 6379
CMD ["cache-server"]
