// Compiles the schema of a route when it is first asked, not when the application is made: there are hundreds, and
// most processes need few. It changes nothing about what is taken or answered.

import Fastify, { type FastifyServerOptions } from 'fastify'
import type { App } from './parts.ts'

/**
 * Lets the application compile late, with Fastify's own compilers under these settings. Schemas that others refer to
 * must have been added.
 */
export async function compileLate(app: App, ajv: NonNullable<FastifyServerOptions['ajv']>): Promise<void> {
  const { validatorCompiler, serializerCompiler } = await ownCompilers(app, ajv)
  app.setValidatorCompiler((route) => {
    let compiled: ReturnType<typeof validatorCompiler> | null = null
    const validate = Object.assign(
      (data: unknown) => {
        compiled ??= validatorCompiler(route)
        const found = compiled(data)
        // Where something is wrong, Fastify reads it from the function that it called.
        validate.errors = (compiled as { errors?: unknown }).errors
        return found
      },
      { errors: undefined as unknown },
    )
    return validate as ReturnType<typeof validatorCompiler>
  })
  app.setSerializerCompiler((route) => {
    let compiled: ReturnType<typeof serializerCompiler> | null = null
    return (data) => {
      compiled ??= serializerCompiler(route)
      return compiled(data)
    }
  })
}

/** Fastify makes them for an application that has a route with schemas. */
async function ownCompilers(app: App, ajv: NonNullable<FastifyServerOptions['ajv']>) {
  const plain = Fastify({ ajv })
  for (const shared of Object.values(app.getSchemas())) plain.addSchema(shared)
  plain.get('/', { schema: { querystring: {}, response: { 200: {} } } }, async () => ({}))
  await plain.ready()
  const { validatorCompiler, serializerCompiler } = plain
  await plain.close()
  if (validatorCompiler === undefined || serializerCompiler === undefined) throw new Error('no compilers')
  return { validatorCompiler, serializerCompiler }
}
