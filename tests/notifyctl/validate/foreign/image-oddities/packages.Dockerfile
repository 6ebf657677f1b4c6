FROM debian:bookworm-slim
ARG PACKAGES="curl dumb-init"
RUN apt-get update && apt-get install -y --no-install-recommends $PACKAGES
COPY --from=busybox:1.37-musl /bin/wget /usr/local/bin/wget
USER 65534
EXPOSE 9000
HEALTHCHECK CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9000/"]
ENTRYPOINT ["dumb-init", "--"]
CMD ["/opt/server"]
