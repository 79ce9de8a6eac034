// SPDX-License-Identifier: BSD-2-Clause
// Enrolments in flight from Node, all in its one thread, without a descriptor: each is stepped again
// when its time is over.   node enroll.mjs DAOTP.node COUNT
import { createRequire } from "node:module";
import readline from "node:readline";

const [addon, count] = process.argv.slice(2);
const daotp = createRequire(import.meta.url)(addon);
const answers = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// One question after the other: answers come in their order.
let before = Promise.resolve();
const ask = (question) => {
    const answer = before.then(async () => {
        console.log(question);
        return (await answers.next()).value;
    });
    before = answer;
    return answer;
};

// After a begin the first step is due at once.
const run = async (enrolment) => {
    for (let wait = daotp.step(enrolment); wait >= 0; wait = daotp.step(enrolment))
        await sleep(wait);
};

const enroll = async () => {
    const [name, upn, password] = (await ask("?")).split(" ");
    const enrolment = daotp.prepare(`LAB\\${name}`, upn, password);
    await run(enrolment);
    daotp.enroll(enrolment, await ask(`code ${name}`));
    await run(enrolment);
    return daotp.finish(enrolment) === upn;
};

const ends = await Promise.allSettled(Array.from({ length: Number(count) }, enroll));
for (const end of ends)
    if (end.status === "rejected")
        console.error(end.reason.message ?? end.reason);
const good = ends.filter((end) => end.status === "fulfilled" && end.value).length;
console.log(`${good} of ${count}`);
process.exit(good === Number(count) ? 0 : 1);
