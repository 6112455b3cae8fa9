// Places to begin with. Each picture was made from its words with this seed.
export const SUGGESTIONS = [
  { name: 'Sunset peaks', picture: 'peaks', seed: 4, prompt: 'snowy mountains at sunset with pines and a lake' },
  { name: 'Pink desert', picture: 'desert', seed: 2, prompt: 'a pink desert under a green sky' },
  { name: 'Autumn rain', picture: 'autumn', seed: 3, prompt: 'autumn forest in the rain' },
  { name: 'Crystal night', picture: 'tundra', seed: 3, prompt: 'white tundra at night with crystals' },
  { name: 'Foggy village', picture: 'hills', seed: 5, prompt: 'green hills with houses at dawn in the fog' },
  { name: 'Lava fields', picture: 'volcano', seed: 3, prompt: 'a volcano with lava at night' },
  { name: 'Red canyon', picture: 'canyon', seed: 1, prompt: 'a canyon with a river at noon' },
  { name: 'Islands', picture: 'islands', seed: 2, prompt: 'tropical islands at sunset with palms' },
];
