FROM alpine:3.21
RUN adduser -D -u 10001 app
USER 10001
EXPOSE 8080
# The shell hands itself over: with `exec`, and busybox for a single program by itself.
HEALTHCHECK CMD wget -qO- http://localhost:8080/ || exit 1
ENTRYPOINT ["/bin/sh", "-c", "exec java $JAVA_OPTS -jar /app.jar \"$0\" \"$@\""]
CMD ["--server"]
