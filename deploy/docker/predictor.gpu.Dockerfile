# The predictor with TensorFlow's library for NVIDIA GPUs (the runtime `cuda`). Build from the root of the repository:
#   docker build -f deploy/docker/predictor.gpu.Dockerfile -t orrery-predictor-gpu .
#   docker run --gpus all -e ORRERY_DATABASE_URL=... orrery-predictor-gpu
# The build downloads the library from outside the npm registry. What is known and not known of this image: docs/gpu.md.

# TensorFlow 2.9.1, which @tensorflow/tfjs-node-gpu 4.22 downloads, is built for CUDA 11.2 and cuDNN 8.1. NVIDIA deletes old images from
# Docker Hub now and then: name another one with CUDA 11 and cuDNN 8 then.
ARG CUDA_IMAGE=nvidia/cuda:11.2.2-cudnn8-runtime-ubuntu20.04
# tfjs-node-gpu 4.22 calls functions that Node 23 removed.
ARG NODE_IMAGE=node:22-bullseye-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /orrery
ENV ONNXRUNTIME_NODE_INSTALL=skip
# Where no built addon fits, its installation compiles one.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates g++ make python3 && rm -rf /var/lib/apt/lists/*
COPY . .
RUN npm ci --no-audit --no-fund && node tools/build.mjs
# Not saved: no other installation of the project is to download it. The second line fails the build when TensorFlow's addon is not there.
RUN npm install --no-save --no-audit --no-fund @tensorflow/tfjs-node-gpu@4.22.0 \
  && test -n "$(find node_modules/@tensorflow/tfjs-node-gpu/lib -name tfjs_binding.node)"

FROM ${CUDA_IMAGE}
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /orrery /orrery
WORKDIR /orrery
# The runtime `webgpu` is not for this image: it needs glibc 2.34, and CUDA 11.2 has no image with that.
ENV NODE_ENV=production NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
RUN useradd --system --uid 10001 orrery
USER orrery
EXPOSE 4600
CMD ["node", "--enable-source-maps", "services/predictor/dist/main.js"]
