import { defineConfig } from "@hey-api/openapi-ts";

export default defineConfig({
  input: "document.json",
  output: "generated/hey-api",
});
