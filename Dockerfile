# curvine-fluid: Curvine's programs and their one entrypoint, on a base without a shell.
#
#   docker buildx build --platform linux/amd64,linux/arm64 -t curvine-fluid .
#   docker build --build-arg EXECUTABLE=executable-prebuilt -t curvine-fluid .
#
# Both put the same bytes into the image. The second takes dist/curvine-fluid (made by
# `deno task compile`) instead of compiling, for networks in which Docker cannot reach Deno's host
# and image. With BuildKit only the stages that are needed are built, so the Deno image is not even
# pulled then.
#
# Build arguments:
#   BASE_IMAGE_TAG  the tag of the Curvine image                                   latest
#   CURVINE_IMAGE   the whole name of the Curvine image, for a mirror
#   SLIM_BASE       a base without shell, with glibc >= Curvine's and GCC's runtime
#   EXECUTABLE      executable-compiled | executable-prebuilt
#   PREBUILT        the file that executable-prebuilt takes           dist/curvine-fluid
#                   (for arm64: dist/curvine-fluid-arm64, made with `--arch arm64`)
#
# For a release that can be built again bit by bit, name the three images by digest.

ARG BASE_IMAGE_TAG=latest
ARG CURVINE_IMAGE=ghcr.io/curvineio/curvine:${BASE_IMAGE_TAG}
# Debian 13 has glibc 2.41: new enough for programs built on Rocky 9 (2.34) and Ubuntu 24.04 (2.39).
ARG SLIM_BASE=gcr.io/distroless/cc-debian13:latest
# The version that compiles (.ci/compile.ts; a test holds the two together).
ARG DENO_IMAGE=docker.io/denoland/deno:2.6.8
ARG EXECUTABLE=executable-compiled
# deno.json's; a test holds the two together.
ARG VERSION=0.1.0

# --- the executable -------------------------------------------------------------------------------
# It runs on the builder's own processor and compiles for the image's, so no emulation is needed.
FROM --platform=$BUILDPLATFORM ${DENO_IMAGE} AS executable-compiled
ARG TARGETARCH
WORKDIR /build
COPY deno.json deno.lock main.ts ./
COPY .ci/compile.ts .ci/
COPY .ci/compile .ci/compile
COPY lib lib
RUN ["/bin/sh", "-c", "deno run --allow-all .ci/compile.ts --arch \"$TARGETARCH\" --output /curvine-fluid"]

FROM scratch AS executable-prebuilt
ARG PREBUILT=dist/curvine-fluid
COPY --chmod=0755 ${PREBUILT} /curvine-fluid

FROM ${EXECUTABLE} AS executable

# --- what runs of Curvine, and the libraries it needs ---------------------------------------------
# In Curvine's own image, where ldd answers as the programs' own loader would.
FROM ${CURVINE_IMAGE} AS parts
USER 0
COPY .ci/image/ /build/
COPY LICENSE /build/LICENSE
RUN ["/bin/bash", "/build/collect.sh", "/rootfs"]

# --- put together, but not yet proved -------------------------------------------------------------
FROM ${SLIM_BASE} AS assembled
COPY --from=parts /rootfs/ /
COPY --from=executable /curvine-fluid /usr/local/bin/curvine-fluid

# --- the proof ------------------------------------------------------------------------------------
# The executable starts on this base, before anybody's node has to find out.
FROM assembled AS starts
RUN ["/usr/local/bin/curvine-fluid", "version"]

# Fails when a program is in that has no business there, when a library is missing or too old for
# what was collected, or when a promised link leads nowhere. The final image takes files from here,
# so no builder can leave this stage, or the one above, out.
FROM parts AS slim
ARG VERSION
COPY --from=assembled / /image/
# Only so that the stage above is built; what it leaves behind beside that is the builder's.
COPY --from=starts /etc/passwd /build/started
RUN ["/bin/bash", "/build/slim.sh", "/image", "/proof", "/rootfs"]

# --- the image ------------------------------------------------------------------------------------
FROM assembled AS final
ARG CURVINE_IMAGE
ARG SLIM_BASE
ARG VERSION
ARG REVISION=unknown
COPY --from=slim /proof/ /

LABEL org.opencontainers.image.title="curvine-fluid" \
      org.opencontainers.image.description="Curvine for Fluid: CacheRuntime and ThinRuntime, without a shell" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.vendor="Curvine" \
      org.opencontainers.image.source="https://github.com/CurvineIO/curvine-fluid" \
      org.opencontainers.image.documentation="https://github.com/CurvineIO/curvine-fluid#readme" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${SLIM_BASE}" \
      io.curvine.image="${CURVINE_IMAGE}"

# SSL_CERT_FILE: Curvine's own OpenSSL looks where its distribution keeps certificates (Rocky:
# /etc/pki), the base keeps them here. The links of collect.sh serve those that ignore the variable.
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    CURVINE_HOME=/app/curvine \
    CURVINE_CONF_FILE=/app/curvine/conf/curvine-cluster.toml \
    ORPC_BIND_HOSTNAME=0.0.0.0 \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt

# curvine-server serves its web UI from the relative directory `webui`.
WORKDIR /app/curvine

# master: 8995 rpc, 8996 raft, 9000 web · worker: 8997 rpc, 9001 web · fuse: 9003 web ·
# transfer: 9010 rpc, 9011 web
EXPOSE 8995 8996 8997 9000 9001 9003 9010 9011

# Root, because mounting FUSE needs it. Servers do not: run them as 65532 (the base's `nonroot`,
# which may write conf, data and logs), as manifests/cache-runtime does.
USER 0
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/curvine-fluid"]
