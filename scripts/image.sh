#!/usr/bin/env bash
# Builds the container image of the current checkout: bash scripts/image.sh NAME VERSION [--push]
# With --push, pushes it with a bill of materials and provenance; name and digest go to GITHUB_OUTPUT.
set -euo pipefail
cd "$(dirname "$0")/.."
name="$1" version="$2"
commit="$(git rev-parse HEAD)"
# Files in the image get the time of the commit.
SOURCE_DATE_EPOCH="$(git log -1 --format=%ct)"
export SOURCE_DATE_EPOCH
labels=(
  --label "org.opencontainers.image.version=$version"
  --label "org.opencontainers.image.revision=$commit"
  --label "org.opencontainers.image.licenses=MIT"
)
if [ -n "${GITHUB_REPOSITORY:-}" ]; then
  labels+=(--label "org.opencontainers.image.source=https://github.com/$GITHUB_REPOSITORY")
fi
if [ "${3:-}" != --push ]; then
  exec docker buildx build --file deploy/Containerfile --tag "$name:$version" "${labels[@]}" --load .
fi
metadata="$(mktemp)"
trap 'rm -f "$metadata"' EXIT
# Only a dedicated builder can create attestations.
builder="$(docker buildx create --driver docker-container)"
docker buildx build --builder "$builder" --file deploy/Containerfile --tag "$name:$version" "${labels[@]}" \
  --sbom=true --provenance=mode=max --push --metadata-file "$metadata" .
docker buildx rm "$builder"
digest="$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))["containerimage.digest"]' "$metadata")"
echo "$name:$version@$digest"
if [ -n "${GITHUB_OUTPUT:-}" ]; then
  { echo "name=$name"; echo "digest=$digest"; } >>"$GITHUB_OUTPUT"
fi
