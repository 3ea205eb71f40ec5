import 'reflect-metadata';
import { RequestMethod, type Type } from '@nestjs/common';

/**
 * What Nest will register for controllers, from the metadata of their decorators, as `METHOD /path/{parameter}`: what an OpenAPI document is
 * held against.
 */
export function registeredRoutes(controllers: readonly Type[]): string[] {
  return controllers.flatMap((controller) => {
    const prefix = String(Reflect.getMetadata('path', controller));
    const prototype = controller.prototype as Record<string, object>;
    return Object.getOwnPropertyNames(prototype).flatMap((name) => {
      const path = Reflect.getMetadata('path', prototype[name] ?? {}) as string | undefined;
      const method = Reflect.getMetadata('method', prototype[name] ?? {}) as RequestMethod | undefined;
      if (path === undefined || method === undefined) return [];
      return [`${RequestMethod[method]} ${`/${prefix}/${path}`.replace(/\/+$/, '').replaceAll(/:(\w+)/g, '{$1}')}`];
    });
  });
}
