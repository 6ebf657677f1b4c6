FROM scratch AS files
ONBUILD ARG TARGET
ONBUILD COPY . /files

FROM files
MAINTAINER somebody@example.com
LABEL description="a text \
over two lines" \
      empty=""
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/x.tar.gz /
COPY ["a file with blanks", "/to here/"]
STOPSIGNAL 15
