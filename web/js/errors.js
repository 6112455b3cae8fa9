// Faults in the words of people. The server's own message is kept for those who want to know more.

export class ApiError extends Error {
  // status 0: no answer at all. retryAfter in seconds, if the server said one.
  constructor(status, code, message, retryAfter) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

const WORDS = {
  unreachable: 'The server cannot be reached. Is it running, and is your network up?',
  unauthorized: 'The server did not accept your key.',
  forbidden: 'You may watch this world, but not steer it.',
  not_found: 'This world is no longer there.',
  conflict: 'That does not fit what is going on right now.',
  too_large: 'That was too long for the server.',
  too_many_requests: 'That was a little too fast. Please wait a moment.',
  too_many: 'That was a little too fast. Some of it was left out.',
  busy: 'Every place is taken right now.',
  draining: 'The server is about to restart.',
};

const GOODBYES = {
  deleted: 'This world was closed.',
  idle: 'This world was closed because nobody watched it for a while.',
  limit: 'This world reached the longest time that the server allows.',
  draining: 'The server is restarting.',
  failed: 'Something went wrong on the server, and this world ended.',
  replaced: 'This world is now steered from another window.',
};

// One sentence for a person.
export function humanWords(error) {
  if (error instanceof ApiError) {
    if (error.code === 'bad_request' && error.message) return sentence(error.message);
    return WORDS[error.code] ?? sentence(error.message || `The server answered with ${error.status}.`);
  }
  return sentence(error?.message || 'Something went wrong.');
}

export function goodbyeWords(reason) {
  return GOODBYES[reason] ?? 'The server ended this world.';
}

function sentence(text) {
  const trimmed = text.trim();
  const first = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
