// A nested agent run through the JavaScript SDK of Langfuse. Run by tools/capture_golden.py in a folder with its packages.
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { propagateAttributes, startActiveObservation, startObservation } from "@langfuse/tracing";
import { NodeSDK } from "@opentelemetry/sdk-node";

const sdk = new NodeSDK({ spanProcessors: [new LangfuseSpanProcessor()], resourceDetectors: [] });
sdk.start();
const messages = [{ role: "user", content: "Wie ist das Wetter in Zürich? 🌦" }];
await propagateAttributes({ userId: "user-ü", sessionId: "session-1", tags: ["weather"], metadata: { tenant: "a" } }, () =>
  startActiveObservation(
    "assistant",
    async (agent) => {
      agent.update({ input: messages, metadata: { plain: "text", number: 1, nested: { x: [1, 2.5] }, ok: true } });
      const generation = startObservation(
        "answer",
        { model: "gpt-5.2", input: messages, modelParameters: { temperature: 0.2 } },
        { asType: "generation" },
      );
      generation
        .update({
          output: { role: "assistant", content: "Sieben Grad." },
          usageDetails: { input: 12, output: 4 },
          costDetails: { input: 0.001, output: 0.002 },
          completionStartTime: new Date("2026-11-20T07:46:23.535Z"),
        })
        .end();
      startObservation("broken", { level: "ERROR", statusMessage: "did not answer" }, { asType: "tool" }).end();
      agent.update({ output: "Sieben Grad." });
    },
    { asType: "agent" },
  ),
);
await sdk.shutdown();
