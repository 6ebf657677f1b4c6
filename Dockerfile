# The server in an image: built in one stage, and only what runs is in the other.
# Both stages start from the same base, so that the environment can move from one to the other.
ARG PYTHON_VERSION=3.11

FROM docker.io/library/python:${PYTHON_VERSION}-slim AS build
# What to install: this folder, or a version such as notifyctl==0.1.0, from the package index or from
# a wheel that lies in this folder.
ARG NOTIFYCTL=.
WORKDIR /source
COPY . .
# An environment without pip: what is not there needs no updates.
RUN python3 -m venv --without-pip /opt/notifyctl \
 && PIP_CONSTRAINT=constraints.txt python3 -m pip wheel --no-deps --find-links . \
      --wheel-dir /wheels "$NOTIFYCTL" \
 && python3 -m pip --python /opt/notifyctl/bin/python install --no-cache-dir \
      --constraint constraints.txt /wheels/*.whl

FROM docker.io/library/python:${PYTHON_VERSION}-slim
LABEL org.opencontainers.image.title="notifyd" \
      org.opencontainers.image.description="A real-time notification server for people" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/notifyctl /opt/notifyctl
RUN install -d -o 10001 -g 10001 -m 0700 /data

# Any of these can be set anew with `docker run --env`; `docker exec` sees the same ones.
ENV PATH=/opt/notifyctl/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    NOTIFYD_HOST=0.0.0.0 \
    NOTIFYD_DATA_DIR=/data

# A number: Kubernetes can see that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000 8001
STOPSIGNAL SIGTERM

# Whether the process lives, not whether it is ready: a server that drains, or waits for room
# on its disk, gains nothing from a restart. Not through urllib, which would ask a proxy.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
  CMD ["python3", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('NOTIFYD_HTTP_PORT', '8000')), timeout=4); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]

ENTRYPOINT ["notifyctl"]
CMD ["serve"]
