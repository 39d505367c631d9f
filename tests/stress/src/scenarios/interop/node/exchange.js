// Signs and verifies, from the protocol's specification only. The first line holds the keys; every other one a message,
// which is verified if it has a signature header, and signed if not.
'use strict';
const { createPrivateKey, createPublicKey, sign, verify } = require('node:crypto');
const { createInterface } = require('node:readline');

let keys;

function content({ method, uri, clientId, time, body }) {
  return Buffer.concat([Buffer.from(`${method} ${uri}\n${clientId}.${time}.`), Buffer.from(body, 'latin1')]);
}

function signatureOf(header) {
  const [, value] = header.match(/signature=([^,]*)$/);
  return Buffer.from(decodeURIComponent(value), 'base64');
}

function answer(message) {
  const key = keys[message.key];
  if (message.header !== null) {
    return verify('sha256', content(message), key.publicKey, signatureOf(message.header));
  }
  const signature = sign('sha256', content(message), key.privateKey).toString('base64');
  return `algorithm=RSA256, keyVersion=1, signature=${encodeURIComponent(signature)}`;
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const input = JSON.parse(line);
  if (keys) {
    process.stdout.write(`${JSON.stringify(answer(input))}\n`);
  } else {
    keys = input.map((pem) => ({ privateKey: createPrivateKey(pem), publicKey: createPublicKey(pem) }));
  }
});
