// An adapter for `alipayplus conformance caller`: asks about one payment, and prints what it concluded.
// Node.js 18 or newer, without packages.
import { isUtf8 } from 'node:buffer'
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const env = (name) => process.env[`ALIPAYPLUS_${name}`]
const path = '/aps/api/v1/payments/inquiryPayment'
const end = Date.now() + Number(env('DEADLINE_MS'))
const key = createPrivateKey(readFileSync(env('KEY_FILE')))
const peer = createPublicKey(readFileSync(env('PEER_KEY_FILE')))
const content = (time, body) => Buffer.concat([Buffer.from(`POST ${path}\n${env('CLIENT_ID')}.${time}.`), body])
const AGAIN = { again: true }, UNKNOWN = {}

async function ask() {
  const ids = { acquirerId: env('ACQUIRER_ID'), pspId: env('PSP_ID'), paymentRequestId: env('PAYMENT_REQUEST_ID') }
  const body = Buffer.from(JSON.stringify(ids))
  const time = new Date().toISOString()
  const signature = encodeURIComponent(sign('sha256', content(time, body), key).toString('base64'))
  const response = await fetch(env('URL') + path, {
    method: 'POST', body, redirect: 'manual', signal: AbortSignal.timeout(Math.min(5000, end - Date.now())),
    headers: { 'Content-Type': 'application/json; charset=UTF-8', 'Client-Id': env('CLIENT_ID'), 'Request-Time': time,
      Signature: `algorithm=RSA256, keyVersion=${env('KEY_VERSION')}, signature=${signature}` },
  })
  if (response.status !== 200) {
    await response.body?.cancel()
    const wait = Number(response.headers.get('Retry-After') ?? 0) * 1000
    return [408, 425, 429].includes(response.status) || response.status >= 500 ? { again: true, wait } : UNKNOWN
  }
  const chunks = []
  for await (const chunk of response.body ?? []) {
    if (chunks.push(chunk) && Buffer.concat(chunks).length > 262144) return UNKNOWN
  }
  const bytes = Buffer.concat(chunks)
  return isGenuine(response.headers, time, bytes) && isUtf8(bytes) ? meaning(bytes.toString()) : UNKNOWN
}

function isGenuine(headers, asked, bytes) {
  const pairs = (headers.get('Signature') ?? '').split(',').map((pair) => pair.trim().split(/=(.*)/s))
  const fields = new Map(pairs.map(([name, value]) => [name.toLowerCase(), value]))
  const named = fields.size === pairs.length && (fields.get('algorithm') ?? 'RSA256').toUpperCase() === 'RSA256'
  const time = headers.get('Response-Time') ?? ''
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(time)
  const [at, since] = [Date.parse(time), Date.parse(asked)]
  const fresh = isTime && at > since - 30000 && at < Date.now() + 300000
  if (!named || !fresh || fields.get('keyversion') !== env('KEY_VERSION')) return false
  const text = fields.get('signature') ?? ''
  if (headers.get('Client-Id') !== env('CLIENT_ID') || /\s/.test(text)) return false
  const signature = Buffer.from(decodeURIComponent(text), 'base64')
  return signature.length === 256 && verify('sha256', content(time, bytes), peer, signature)
}

function meaning(text) {
  const { result, paymentResult: payment, paymentId, paymentAmount, paymentTime, customerId } = JSON.parse(text)
  if (result.resultStatus === 'U') return AGAIN
  // JSON.parse takes the last of two members of one name.
  if (text.split('"resultStatus"').length > 3 || text.split('"paymentResult"').length > 2) return UNKNOWN
  if (result.resultStatus === 'F' && result.resultCode === 'ORDER_NOT_EXIST') {
    return payment ? AGAIN : { outcome: 'not_found', again: true }
  }
  if (result.resultStatus !== 'S' || result.resultCode !== 'SUCCESS' || !payment) return UNKNOWN
  const { resultStatus: status, resultCode: code } = payment
  if (status === 'U') return { outcome: 'in_progress', again: true }
  if (status === 'F' && code !== 'SUCCESS') return { outcome: code === 'ORDER_IS_CLOSED' ? 'cancelled' : 'failed' }
  const { currency, value } = paymentAmount ?? {}
  const isPaid = status === 'S' && code === 'SUCCESS' && customerId && paymentTime &&
    paymentId === env('EXPECTED_PAYMENT_ID') && currency === env('EXPECTED_CURRENCY') && value === env('EXPECTED_VALUE')
  return isPaid ? { outcome: 'paid' } : UNKNOWN
}

let known = 'unknown'
for (let pause = 500; Date.now() < end; pause *= 2) {
  const { outcome, again, wait } = await ask().catch((error) => (error instanceof SyntaxError ? UNKNOWN : AGAIN))
  // An order that is in progress does not become unknown.
  if (outcome && !(outcome === 'not_found' && known === 'in_progress')) known = outcome
  if (!again || Date.now() + Math.max(pause, wait ?? 0) > end) break
  await sleep(Math.max(pause, wait ?? 0))
}
console.log(known)
