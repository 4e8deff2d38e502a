# For programs in Pulumi YAML, such as those of the operator's `Program` objects: Pulumi's full image, which speaks YAML
# and Python, and the provider's plugin with its libraries. After `make dist`:
#
#   docker build --file deploy/image/program.Dockerfile --build-arg BASE=sha256:... \
#     --tag registry.example.com/acme/trtc-recording-program:0.1.0 dist
#
# The base's digest is asked for, as for the other image. The plugin's archive brings its libraries by hash.
ARG BASE
FROM pulumi/pulumi:3.260.0-nonroot@${BASE}

COPY pulumi-resource-trtc-v0.1.0-linux-amd64.tar.gz /tmp/plugin.tar.gz
RUN pulumi plugin install resource trtc 0.1.0 --file /tmp/plugin.tar.gz
