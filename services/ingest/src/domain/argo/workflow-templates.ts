import { first, record, records, text, type JsonRecord } from '../json-reading.js';
import { commandHashOf } from '../kubernetes/container-command.js';

/** What a template makes its pods run. */
export interface TemplateWork {
  readonly image: string | undefined;
  readonly commandHash: string | undefined;
}

/** Reads the templates of a workflow by name: its own, and those of the template that it was made of. */
export function templateWorkOf(workflow: JsonRecord): ReadonlyMap<string, TemplateWork> {
  const work = new Map<string, TemplateWork>();
  const stored = records(workflow, 'status', 'storedWorkflowTemplateSpec', 'templates');
  for (const template of [...stored, ...records(workflow, 'spec', 'templates')]) {
    const container = first(record(template, 'container'), record(template, 'script'), records(template, 'containerSet', 'containers')[0]);
    const name = text(template, 'name');
    if (name !== undefined && container !== undefined) work.set(name, { image: text(container, 'image'), commandHash: commandHashOf(container) });
  }
  return work;
}

/**
 * The name of the pod that a node runs in, where the workflow says by which rule its pods are named.
 *
 * Source: argoproj/argo-workflows, workflow/util/pod_name.go.
 */
export function podNameOf(node: JsonRecord, workflowName: string | undefined, nameFormat: string | undefined): string | undefined {
  const id = text(node, 'id');
  if (id === undefined || workflowName === undefined) return undefined;
  if (nameFormat === 'v1') return id;
  if (nameFormat !== 'v2') return undefined;
  if (text(node, 'name') === workflowName) return workflowName;
  const template = text(node, 'templateName') ?? text(node, 'templateRef', 'template');
  const hash = id.slice(id.lastIndexOf('-') + 1);
  return template === undefined ? undefined : `${workflowName}-${template}-${hash}`;
}
