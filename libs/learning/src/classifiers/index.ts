export { fitDecisionTree, predictTree, type DecisionTree, type TreeNode, type TreeOptions } from './decision-tree.js';
export { drawTree, drawTreeDot } from './draw-tree.js';
export type { LabelledRows } from './labelled-rows.js';
export { fitLogisticRegression, predictLogistic, type LogisticOptions, type LogisticRegression } from './logistic-regression.js';
export * from './metrics.js';
export { fitNaiveBayes, predictNaiveBayes, type CategoricalRows, type NaiveBayes } from './naive-bayes.js';
