import { afterEach } from "vitest";
import { openScene, type Scene, type SceneOptions } from "./scene.js";

/** Opens scenes, and closes them after each test of the file. */
export function scenesForEach(): (options: SceneOptions) => Promise<Scene> {
  const scenes: Scene[] = [];
  afterEach(async () => {
    await Promise.all(scenes.splice(0).map((scene) => scene.close()));
  });
  return async (options) => {
    const scene = await openScene(options);
    scenes.push(scene);
    return scene;
  };
}

/** An entry of secrets.yaml. */
export const password = (name: string): string => `${name}: {description: x, generate: {type: password}}\n`;

/** Two applications, one of which copies from the other. */
export const TWO = {
  origin: { secrets: password("p") + password("q") },
  copier: { secrets: "p: {copy: {application: origin, key: p}}\n" + password("own") },
};
