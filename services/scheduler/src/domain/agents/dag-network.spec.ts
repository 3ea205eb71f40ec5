import { describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { seededRandom, type Random } from '@orrery/stats';
import fc from 'fast-check';
import { AgentNetwork } from './agent-network.js';
import { DagEmbedding, DagNetwork, doneInput, type Dag } from './dag-network.js';
import { embeddingSize, featureCount, headCount, layout, stageInputCount, type LayerShape } from './layout.js';

const normals = (random: Random, count: number, spread = 0.7) => Float64Array.from({ length: count }, () => spread * random.normal());

/** Any stage may follow on any of lower index. */
function drawnDag(random: Random, stageCount: number): Dag {
  const stages = Array.from({ length: stageCount }, (_, index) => ({ children: Array.from({ length: stageCount }, (__, child) => child).filter((child) => child > index && random.next() < 0.3) }));
  return { order: Array.from({ length: stageCount }, (_, index) => index), stages };
}

function drawnInputs(random: Random, stageCount: number): Float64Array {
  const inputs = normals(random, stageCount * stageInputCount);
  for (let stage = 0; stage < stageCount; stage += 1) inputs[stage * stageInputCount + doneInput] = 0;
  return inputs;
}

/** Slopes by central differences. */
function differences(values: Float64Array, loss: () => number): Float64Array {
  const step = 1e-5;
  return values.map((value, index) => {
    values[index] = value + step;
    const above = loss();
    values[index] = value - step;
    const below = loss();
    values[index] = value;
    return (above - below) / (2 * step);
  });
}

const expectClose = (found: Float64Array, wanted: Float64Array, within = 1e-6) => found.forEach((value, index) => expect(Math.abs(value - (wanted[index] as number))).toBeLessThan(within));
const dot = (one: Float64Array, other: Float64Array) => one.reduce((sum, value, index) => sum + value * (other[index] as number), 0);

describe('the graph network', () => {
  const seed = 100_000;

  it('knows its slopes: they are those of finite differences, for every parameter and input', () => {
    const random = seededRandom(seed);
    const dag = drawnDag(random, 7);
    const inputs = drawnInputs(random, 7);
    const parameters = normals(random, layout.parameterCount);
    const slopes = { stages: normals(random, 7 * embeddingSize), summary: normals(random, embeddingSize) };
    const loss = (): number => {
      const embedding = new DagEmbedding(7);
      new DagNetwork(parameters).forward(dag, inputs, embedding);
      return dot(embedding.stages, slopes.stages) + dot(embedding.summary, slopes.summary);
    };
    const embedding = new DagEmbedding(7);
    const network = new DagNetwork(parameters);
    network.forward(dag, inputs, embedding);
    const into = { parameters: new Float64Array(parameters.length), inputs: new Float64Array(inputs.length) };
    network.backward(dag, inputs, embedding, { slopes, into });

    expectClose(into.parameters, differences(parameters, loss));
    const byInput = differences(inputs, loss);
    // The last input is a flag: what it switches has no slope.
    expectClose(into.inputs.filter((_, index) => index % stageInputCount !== doneInput), byInput.filter((_, index) => index % stageInputCount !== doneInput));
  });

  it('works out only what changed, with the result of working out all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 1, max: 9 }), (drawSeed, stageCount) => {
        const random = seededRandom(drawSeed);
        const dag = drawnDag(random, stageCount);
        const inputs = drawnInputs(random, stageCount);
        const network = new DagNetwork(normals(random, layout.parameterCount));
        const kept = new DagEmbedding(stageCount);
        network.forward(dag, inputs, kept);
        const changed = random.below(stageCount);
        inputs[changed * stageInputCount] = random.normal();
        kept.isStale[changed] = 1;
        network.forward(dag, inputs, kept);
        const anew = new DagEmbedding(stageCount);
        network.forward(dag, inputs, anew);
        expect(kept).toEqual(anew);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the network of a job agent', () => {
  it('knows its slopes: they are those of finite differences', () => {
    const random = seededRandom(100_001);
    const parameters = normals(random, layout.parameterCount, 0.3);
    const features = normals(random, featureCount);
    const slopes = normals(random, headCount);
    const loss = () => dot(new AgentNetwork(parameters).forward(features), slopes);
    const network = new AgentNetwork(parameters);
    network.forward(features);
    const into = { parameters: new Float64Array(parameters.length), inputs: new Float64Array(featureCount), inputsAt: 0 };
    network.backward(features, slopes, into);

    expectClose(into.parameters, differences(parameters, loss));
    expectClose(into.inputs, differences(features, loss));
  });
});

describe('both networks', () => {
  it('say and learn the same as in TensorFlow.js', async () => {
    await tf.setBackend('cpu');
    const random = seededRandom(100_002);
    const dag = drawnDag(random, 6);
    const inputs = drawnInputs(random, 6);
    const parameters = normals(random, layout.parameterCount, 0.5);
    const outputs = { stages: normals(random, 6 * embeddingSize), summary: normals(random, embeddingSize) };
    const embedding = new DagEmbedding(6);
    const network = new DagNetwork(parameters);
    network.forward(dag, inputs, embedding);
    const into = { parameters: new Float64Array(parameters.length), inputs: new Float64Array(inputs.length) };
    network.backward(dag, inputs, embedding, { slopes: outputs, into });

    const loss = (flat: tf.Tensor): tf.Scalar => {
      const layer = ({ inputCount, outputCount, weightsAt, biasesAt }: LayerShape) => (x: tf.Tensor2D): tf.Tensor2D => {
        const weights = flat.slice([weightsAt], [inputCount * outputCount]).reshape<tf.Tensor2D>([outputCount, inputCount]);
        const sum = tf.matMul(x, weights, false, true).add(flat.slice([biasesAt], [outputCount]));
        return sum.div(sum.abs().add(1)) as tf.Tensor2D;
      };
      const [own, message, joined] = [layer(layout.own), layer(layout.message), layer(layout.joined)];
      const embedded: tf.Tensor2D[] = [];
      for (const stage of [...dag.order].reverse()) {
        const told = dag.stages[stage]!.children.reduce((sum, child) => sum.add(message(embedded[child]!)), tf.zeros([1, embeddingSize])) as tf.Tensor2D;
        const x = tf.tensor2d([...inputs.slice(stage * stageInputCount, (stage + 1) * stageInputCount)], [1, stageInputCount]);
        embedded[stage] = own(x).add(joined(told));
      }
      const stages = tf.concat(embedded).flatten();
      const summary = tf.concat(embedded).sum(0).div(4);
      expectClose(Float64Array.from(stages.dataSync()), embedding.stages, 1e-5);
      expectClose(Float64Array.from(summary.dataSync()), embedding.summary, 1e-5);
      return stages.mul(tf.tensor1d([...outputs.stages])).sum().add(summary.mul(tf.tensor1d([...outputs.summary])).sum()) as tf.Scalar;
    };
    const slopes = tf.grad(loss)(tf.tensor1d([...parameters]));
    expectClose(Float64Array.from(slopes.dataSync()), into.parameters, 1e-4);
  });
});
