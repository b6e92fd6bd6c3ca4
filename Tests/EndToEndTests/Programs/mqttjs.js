// A session with mqtt.js, as Debian packages it, which must go as it should: each quality in its order, a large payload,
// retained messages, properties in 5.0, a will, and what waited for a client that was away.
//
//   node mqttjs.js URL VERSION [FOLDER DEVICE]     VERSION: 3 (3.1), 4 (3.1.1) or 5; with TLS, where certificates are
'use strict'

const assert = require('assert')
const fs = require('fs')
const mqtt = require('mqtt')

const [url, versionText, folder, device] = process.argv.slice(2)
const version = Number(versionText)
const suffix = `${url.split(':')[0]}${version}`
const SECONDS = 60

// Whatever waits for something that does not come ends here.
const watchdog = setTimeout(() => fail(new Error(`not done in time: ${step}`)), 3 * SECONDS * 1000)
let step = 'start'

function fail(error) {
  console.error(`${step}: ${error.stack}`)
  process.exit(1)
}

function connect(name, more = {}) {
  const options = {
    clientId: `${name}${suffix}`, protocolVersion: version, reconnectPeriod: 0, connectTimeout: SECONDS * 1000, ...more
  }
  if (version === 3) options.protocolId = 'MQIsdp'
  if (folder) {
    options.ca = fs.readFileSync(`${folder}/ca.crt`)
    options.cert = fs.readFileSync(`${folder}/${device}.crt`)
    options.key = fs.readFileSync(`${folder}/${device}.key`)
  }
  const client = mqtt.connect(url, options)
  client.got = []
  client.on('message', (topic, payload, packet) => client.got.push(packet))
  return new Promise((resolve, reject) => {
    client.on('error', reject)
    client.once('close', () => reject(new Error('closed before CONNACK')))
    client.once('connect', connack => {
      client.removeAllListeners('close')
      client.isPresent = connack.sessionPresent
      resolve(client)
    })
  })
}

const subscribe = (client, filter, qos) => new Promise((resolve, reject) =>
  client.subscribe(filter, { qos }, (error, granted) => {
    if (error) return reject(error)
    assert.deepStrictEqual(granted.map(one => one.qos), [qos])
    resolve()
  }))

const publish = (client, topic, payload, options) => new Promise((resolve, reject) =>
  client.publish(topic, payload, options, error => error ? reject(error) : resolve()))

const end = client => new Promise(resolve => client.end(false, {}, resolve))

// The next `count` messages.
async function take(client, count) {
  while (client.got.length < count) await new Promise(resolve => client.once('message', () => setImmediate(resolve)))
  return client.got.splice(0, count)
}

async function qualities() {
  const client = await connect('qualities')
  await subscribe(client, `qualities/${suffix}`, 2)
  for (const qos of [0, 1, 2]) {
    step = `quality ${qos}`
    const sent = []
    for (let i = 0; i < 200; i++) sent.push(publish(client, `qualities/${suffix}`, `${i}`, { qos }))
    await Promise.all(sent)
    const messages = await take(client, 200)
    assert.deepStrictEqual(messages.map(one => `${one.payload}`), sent.map((_, i) => `${i}`))
    assert(messages.every(one => one.qos === qos && !one.retain))
  }
  step = 'a large payload'
  const large = Buffer.from(Uint8Array.from({ length: 900000 }, (_, i) => i * 31 >> 3))
  await publish(client, `qualities/${suffix}`, large, { qos: 1 })
  assert((await take(client, 1))[0].payload.equals(large))
  await end(client)
}

async function retained() {
  step = 'retained'
  const client = await connect('retained')
  await publish(client, `retained/${suffix}/a`, 'kept', { qos: 1, retain: true })
  await subscribe(client, `retained/${suffix}/+`, 1)
  const [message] = await take(client, 1)
  assert.deepStrictEqual([`${message.payload}`, message.retain], ['kept', true])
  await publish(client, `retained/${suffix}/a`, '', { qos: 1, retain: true })
  assert.deepStrictEqual([(await take(client, 1))[0].retain], [false])
  await end(client)
}

async function will() {
  step = 'will'
  const watcher = await connect('watcher')
  await subscribe(watcher, `will/${suffix}`, 1)
  const client = await connect('dying', { will: { topic: `will/${suffix}`, payload: 'gone', qos: 1 } })
  client.stream.destroy()
  assert.strictEqual(`${(await take(watcher, 1))[0].payload}`, 'gone')
  await end(watcher)
  client.end(true)
}

async function away() {
  step = 'away'
  const durable = version === 5
    ? { clean: false, properties: { sessionExpiryInterval: 60 } } : { clean: false }
  const first = await connect('away', durable)
  assert(!first.isPresent)
  await subscribe(first, `away/${suffix}`, 2)
  await end(first)
  const publisher = await connect('publisher')
  for (let i = 0; i < 50; i++) await publish(publisher, `away/${suffix}`, `${i}`, { qos: 1 })
  await end(publisher)
  const second = await connect('away', durable)
  // MQTT 3.1 cannot tell whether there was a session.
  assert.strictEqual(Boolean(second.isPresent), version > 3)
  assert.deepStrictEqual((await take(second, 50)).map(one => Number(one.payload)), [...Array(50).keys()])
  await end(second)
  await end(await connect('away', { clean: true }))
}

async function properties() {
  step = 'properties'
  const client = await connect('properties', { topicAliasMaximum: 10, properties: { receiveMaximum: 5 } })
  await subscribe(client, `properties/${suffix}`, 1)
  const sent = {
    contentType: 'text/plain', responseTopic: 'answers', correlationData: Buffer.from([1, 2]),
    messageExpiryInterval: 100, payloadFormatIndicator: true, userProperties: { plant: '7' }
  }
  await publish(client, `properties/${suffix}`, 'text', { qos: 1, properties: sent })
  const got = (await take(client, 1))[0].properties
  for (const name of Object.keys(sent)) assert.deepEqual(got[name], sent[name], name)
  // An alias that the broker set is the client's to resolve.
  const aliased = []
  for (let i = 0; i < 30; i++) aliased.push(publish(client, `properties/${suffix}`, `${i}`, { qos: 1 }))
  await Promise.all(aliased)
  assert.deepStrictEqual((await take(client, 30)).map(one => Number(one.payload)), [...Array(30).keys()])
  await end(client)
}

async function all() {
  await qualities()
  await retained()
  await will()
  await away()
  if (version === 5) await properties()
  clearTimeout(watchdog)
  console.log('done')
  process.exit(0)
}

all().catch(fail)
