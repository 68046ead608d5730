// A newsletter as one sends it with nodemailer: `node send.mjs JOB.json`.
//
// The job names the port, the connections, the letter and a file of people. Each copy is composed
// for its person, by nodemailer, in the pool's own way: whenever it has a connection to spare.

import { readFileSync } from "node:fs";
import { createTransport } from "nodemailer";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const people = JSON.parse(readFileSync(job.people, "utf8"));

const transport = createTransport({
  pool: true,
  host: "127.0.0.1",
  port: job.port,
  secure: false,
  ignoreTLS: true,
  maxConnections: job.connections,
  maxMessages: Infinity,
  ...(job.dkim && {
    dkim: { ...job.dkim, privateKey: readFileSync(job.dkim.privateKey, "utf8") },
  }),
});

const filled = (text, { name, link }) =>
  text.replaceAll("{{name}}", name).replaceAll("{{link}}", link);

const letterTo = (person) => ({
  from: job.from,
  to: { name: person.name, address: person.address },
  subject: job.subject,
  text: filled(job.text, person),
  ...(job.html && { html: filled(job.html, person) }),
  textEncoding: "base64", // as ours, so that both send the same number of bytes
  headers: {
    "List-Unsubscribe": `<${person.link}>`,
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "List-Id": job.list,
    Precedence: "bulk",
  },
});

let next = 0;
let answered = 0;

await new Promise((done, failed) => {
  const sendMore = () => {
    while (transport.isIdle() && next < people.length) {
      transport.sendMail(letterTo(people[next++]), (error) => {
        if (error) failed(error);
        else if (++answered === people.length) done();
      });
    }
  };
  transport.on("idle", sendMore);
});
transport.close();
