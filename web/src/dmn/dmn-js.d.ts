/* What is used of dmn-js, which has no types of its own. */
declare module 'dmn-js/lib/Modeler' {
  export interface DmnView { id: string; type: string; name?: string; element: { id: string; name?: string; $type: string; dmnDI?: unknown } }
  export interface DmnViewer { on(event: string, act: (event: unknown) => void): void }
  export default class Modeler {
    constructor(options: Record<string, unknown>)
    importXML(xml: string, options?: { open?: boolean }): Promise<{ warnings: unknown[] }>
    saveXML(options: { format: boolean }): Promise<{ xml: string }>
    getViews(): DmnView[]
    getActiveView(): DmnView | undefined
    open(view: DmnView): Promise<unknown>
    on(event: string, act: (event: { viewer: DmnViewer }) => void): void
    destroy(): void
  }
}
