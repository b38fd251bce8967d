// What the core can be asked to do. `at` of a command is the business time (epoch ms of the market).

import type { api } from '#data/contracts'
import type { Command } from '#data/log'
import type { AlertingCommands } from './alerting/commands.ts'
import type { ArchiveCommands } from './archive/commands.ts'
import type { DetectionCommands } from './detection/commands.ts'
import type { FlowCommands } from './flows/commands.ts'
import type { IncidentCommands } from './incidents/commands.ts'
import type { MarketClock, Node } from './market.ts'
import type { NetworkCommands } from './network/commands.ts'
import type { OrderCommands } from './orders/commands.ts'
import type { PolicyCommands } from './policies/commands.ts'
import type { RerouteCommands } from './reroute/plan.ts'
import type { StockCommands } from './stock/commands.ts'
import type { TransferCommands } from './transfer/commands.ts'

/** Data of each command on the market itself. */
export interface MarketCommands {
  DefineNodes: { nodes: readonly Node[] }
  /**
   * Sets the limits; who saves limits read a while ago sets nothing going that somebody stopped since.
   * @param version that was seen: refused where it is not the newest; absent = it is not looked at
   */
  SetPolicy: { policy: api.ReroutePolicy; by?: string; version?: number }
  /** The kill switch, and its release. */
  HaltReroutes: { isStopped: boolean; by: string }
  SetClock: { clock: Partial<MarketClock>; isDemo?: boolean }
}

/** Data of each command, by its type. */
export interface CommandData
  extends OrderCommands,
    StockCommands,
    TransferCommands,
    MarketCommands,
    NetworkCommands,
    DetectionCommands,
    IncidentCommands,
    AlertingCommands,
    FlowCommands,
    PolicyCommands,
    RerouteCommands,
    ArchiveCommands {}

/** Name of a command. */
export type CommandType = keyof CommandData

/** A command of some types. */
export type CommandOf<T extends CommandType> = Command & { type: T; data: CommandData[T]; at: number }

/** A command of the core. */
export type CoreCommand = { [T in CommandType]: CommandOf<T> }[CommandType]

/** What a command answers. */
export interface CoreAnswer {
  orderId: string | null
  status: string | null
  /** What was refused or changed, by item, where there are several. */
  details?: Record<string, unknown>
}
