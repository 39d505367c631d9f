// An adapter for `alipayplus conformance caller`: asks about one payment until it knows, and prints what it concluded.
// Node.js 18 or newer, without packages.
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const env = (name) => process.env[`ALIPAYPLUS_${name}`]
const path = '/aps/api/v1/payments/inquiryPayment'
const content = (time, body) => Buffer.concat([Buffer.from(`POST ${path}\n${env('CLIENT_ID')}.${time}.`), body])
function check(right) {
  if (!right) throw new Error('not a right answer')
}
async function ask(limit) {
  const ids = { acquirerId: env('ACQUIRER_ID'), pspId: env('PSP_ID'), paymentRequestId: env('PAYMENT_REQUEST_ID') }
  const body = Buffer.from(JSON.stringify(ids)), now = new Date().toISOString()
  const own = sign('sha256', content(now, body), createPrivateKey(readFileSync(env('KEY_FILE')))).toString('base64')
  const response = await fetch(env('URL') + path, {
    method: 'POST', body, redirect: 'error', signal: AbortSignal.timeout(limit),
    headers: { 'Content-Type': 'application/json; charset=UTF-8', 'Client-Id': env('CLIENT_ID'), 'Request-Time': now,
      Signature: `algorithm=RSA256, keyVersion=${env('KEY_VERSION')}, signature=${encodeURIComponent(own)}` },
  })
  check(response.status === 200)
  const chunks = []
  for await (const chunk of response.body) check(chunks.push(chunk) < 100 && Buffer.concat(chunks).length <= 262144)
  const bytes = Buffer.concat(chunks), time = response.headers.get('Response-Time')
  const { algorithm = 'RSA256', keyVersion, signature } = Object.fromEntries(
    response.headers.get('Signature').split(',').map((pair) => pair.trim().split(/=(.*)/s, 2)))
  check(algorithm === 'RSA256' && keyVersion === env('KEY_VERSION') && response.headers.get('Client-Id') === env('CLIENT_ID'))
  check(/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(time) && Math.abs(Date.parse(time) - Date.now()) < 30000)
  const decoded = decodeURIComponent(signature)
  check(verify('sha256', content(time, bytes), createPublicKey(readFileSync(env('PEER_KEY_FILE'))), Buffer.from(decoded, 'base64')))
  return meaning(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
}
function meaning(text) {
  const { result, paymentResult: payment, paymentId, paymentAmount: amount, paymentTime, customerId } = JSON.parse(text)
  // JSON.parse takes the last of two members of one name.
  check(text.split('"resultStatus"').length <= 3 && text.split('"paymentResult"').length <= 2)
  const said = `${result.resultStatus} ${result.resultCode}, ${payment?.resultStatus} ${payment?.resultCode}`
  if (said === 'F ORDER_NOT_EXIST, undefined undefined') return 'not_found'
  if (/^S SUCCESS, U (?!SUCCESS|undefined)/.test(said)) return 'in_progress'
  if (/^S SUCCESS, F (?!SUCCESS|undefined)/.test(said)) return said.endsWith(' ORDER_IS_CLOSED') ? 'cancelled' : 'failed'
  check(said === 'S SUCCESS, S SUCCESS' && paymentTime && customerId && paymentId === env('EXPECTED_PAYMENT_ID'))
  check(amount.currency === env('EXPECTED_CURRENCY') && amount.value === env('EXPECTED_VALUE'))
  return 'paid'
}
let known = 'unknown'
const end = Date.now() + Number(env('DEADLINE_MS'))
for (let pause = 2000; !['paid', 'failed', 'cancelled'].includes(known); pause *= 2) {
  const found = await ask(Math.max(1, Math.min(5000, end - Date.now()))).catch((error) => console.error(String(error)))
  if (found && !(found === 'not_found' && known === 'in_progress')) known = found
  if (Date.now() + pause > end) break
  await sleep(pause)
}
console.log(known)
