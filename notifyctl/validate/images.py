"""What is known of images that everybody uses, by their names alone.

What is in those that others build upon is told by `dockerfile/bases.py`.
"""

from typing import Final

from notifyctl.validate.image import Image

# Docker's own images. A word that is not among them is the name of somebody's local build. They
# have no HEALTHCHECK: https://github.com/docker-library/faq#healthcheck says why.
_OFFICIAL: Final = """
    adminer aerospike almalinux alpine amazoncorretto amazonlinux api-firewall arangodb
    archlinux backdrop bash bonita buildpack-deps busybox caddy cassandra chronograf cirros
    clefos clickhouse clojure composer consul convertigo couchbase couchdb crate dart debian
    docker drupal eclipse-mosquitto eclipse-temurin elasticsearch elixir emqx erlang fedora
    flink fluentd gazebo gcc geonetwork ghost golang gradle groovy haproxy haskell haxe hitch
    httpd hylang ibm-semeru ibmjava influxdb irssi jetty joomla jruby julia kapacitor kibana
    kong lightstreamer logstash mageia mariadb matomo maven mediawiki memcached mongo
    mongo-express monica mysql nats neo4j neurodebian nginx node odoo open-liberty openjdk
    oraclelinux orientdb percona perl photon php phpmyadmin plone postfixadmin postgres pypy
    python r-base rabbitmq rakudo-star redis redmine registry rethinkdb rocket.chat rockylinux
    ros ruby rust sapmachine satosa silverpeas solr sonarqube spark spiped storm swift swipl
    teamspeak telegraf tomcat tomee traefik ubuntu unit varnish vault websphere-liberty
    wordpress xwiki yourls znc zookeeper
"""
OFFICIAL: Final = frozenset(_OFFICIAL.split())
# Where others mirror them.
_MIRRORS: Final = {"public.ecr.aws": "docker/library/", "mirror.gcr.io": "library/"}

# Those of languages and distributions. They have no USER, and start what they are told.
_BASES: Final = """
    alpine almalinux amazoncorretto amazonlinux archlinux bash buildpack-deps busybox clojure dart
    debian eclipse-temurin elixir erlang fedora gcc golang haskell haxe hylang ibm-semeru julia
    mageia maven node openjdk oraclelinux perl photon php pypy python r-base rockylinux ruby rust
    sapmachine swift swipl ubuntu
"""
BASES: Final = frozenset(_BASES.split())

# Databases, caches and metrics, and the ports of theirs that are not for everybody.
STORES: Final = {
    "alertmanager": frozenset({9093}),
    "cassandra": frozenset({7000, 9042}),
    "clickhouse": frozenset({8123, 9000}),
    "clickhouse-server": frozenset({8123, 9000}),
    "couchdb": frozenset({5984}),
    "dragonfly": frozenset({6379}),
    "elasticsearch": frozenset({9200, 9300}),
    "etcd": frozenset({2379, 2380}),
    "influxdb": frozenset({8086}),
    "keydb": frozenset({6379}),
    "mariadb": frozenset({3306}),
    "memcached": frozenset({11211}),
    "mongo": frozenset({27017}),
    "mongodb": frozenset({27017}),
    "mysql": frozenset({3306}),
    "neo4j": frozenset({7474, 7687}),
    "node-exporter": frozenset({9100}),
    "opensearch": frozenset({9200, 9300}),
    "percona": frozenset({3306}),
    "pgvector": frozenset({5432}),
    "postgis": frozenset({5432}),
    "postgres": frozenset({5432}),
    "postgresql": frozenset({5432}),
    "prometheus": frozenset({9090}),
    "pushgateway": frozenset({9091}),
    "redis": frozenset({6379}),
    "redis-stack": frozenset({6379}),
    "redis-stack-server": frozenset({6379}),
    "timescaledb": frozenset({5432}),
    "valkey": frozenset({6379}),
}

# What stands before other services and publishes ports for them.
_PROXIES: Final = """
    angie apisix caddy caddy-docker-proxy cloudflared envoy haproxy httpd kong nginx nginx-proxy
    nginx-proxy-manager nginx-unprivileged ngrok openresty pomerium swag tailscale traefik
    tyk-gateway varnish zoraxy
"""
PROXIES: Final = frozenset(_PROXIES.split())

# Known programs that have 8000 and 8001 for something else: gRPC, administration.
OTHERS_ON_OUR_PORTS: Final = frozenset({"kong", "kong-gateway", "tritonserver"})


def is_local_name(image: Image) -> bool:
    """Whether no registry has it: one word that is the name of none of Docker's own images."""
    return image.may_be_official and not official_name(image)


def official_name(image: Image) -> str:
    """The name of one of Docker's own images, also where it comes from a mirror; else empty."""
    prefix = "" if image.may_be_official else _MIRRORS.get(image.registry)
    if prefix is None or not image.repository.startswith(prefix):
        return ""
    name = image.repository.removeprefix(prefix)
    return name if name in OFFICIAL else ""


def is_application(image: Image) -> bool:
    """Whether it is one of Docker's own images that is a program itself, with ports of its own."""
    return official_name(image) not in BASES | {""}
