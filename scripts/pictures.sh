#!/bin/sh
# Makes the pictures of the README anew with the built program: scripts/pictures.sh [PROGRAM] [FOLDER]
set -eu
cd "$(dirname "$0")/.."
program=${1:-build/vitascope}
folder=${2:-docs/pictures}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder"

# picture NAME SEED SECOND PROMPT: the frame at that second.
picture() {
  "$program" generate --prompt "$4" --seed "$2" --seconds "$(($3 + 1))" -o "$work/$1.mp4" > /dev/null
  ffmpeg -v error -y -ss "$3" -i "$work/$1.mp4" -frames:v 1 -q:v 4 -vf scale=960:-1:flags=area "$folder/$1.jpg"
  echo "$folder/$1.jpg  seed $2  $4"
}
picture prompt_1 4 1 'snowy mountains at sunset with pines and a lake'
picture prompt_2 2 1 'a pink desert under a green sky'
picture prompt_3 1 1 'a canyon with a river at noon'
picture prompt_4 3 1 'autumn forest in the rain'
picture prompt_5 4 1 'volcano at night with crystals'
picture prompt_6 2 1 'green hills with houses at sunset'

"$program" generate --prompt 'green hills with houses at noon' --seed 7 --seconds 20 --script examples/day.json \
  -o "$work/walk.mp4" > /dev/null
ffmpeg -v error -y -i "$work/walk.mp4" -vf \
  'fps=8,scale=480:-1:flags=area,split[a][b];[a]palettegen=max_colors=96[p];[b][p]paletteuse=dither=bayer:bayer_scale=4' \
  "$folder/walk.gif"
echo "$folder/walk.gif"
