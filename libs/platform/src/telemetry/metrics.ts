/** Prometheus metrics. Names are prefixed `opmas_`; a service names all of its own in its `signals.ts`. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface Metrics {
  registry: Registry;
  counter(name: string, help: string, labels?: string[]): Counter;
  gauge(name: string, help: string, labels?: string[]): Gauge;
  /** `buckets` in the unit of the name. */
  histogram(name: string, help: string, labels?: string[], buckets?: number[]): Histogram;
}

/** A registry of one process; asking twice for a name answers the same metric. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const existing = <T>(name: string): T | undefined => registry.getSingleMetric(name) as T | undefined;
  return {
    registry,
    counter: (name, help, labelNames = []) =>
      existing<Counter>(`opmas_${name}`) ??
      new Counter({ name: `opmas_${name}`, help, labelNames, registers: [registry] }),
    gauge: (name, help, labelNames = []) =>
      existing<Gauge>(`opmas_${name}`) ?? new Gauge({ name: `opmas_${name}`, help, labelNames, registers: [registry] }),
    histogram: (name, help, labelNames = [], buckets = [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]) =>
      existing<Histogram>(`opmas_${name}`) ??
      new Histogram({ name: `opmas_${name}`, help, labelNames, buckets, registers: [registry] }),
  };
}
