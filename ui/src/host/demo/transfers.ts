/** Sample transfers, one in every state. */
import type { TransferList, TransferView } from '../../contract/generated'
import { SAMPLES, type Sample } from '../../state/speeds.svelte'

const MIB = 1024 ** 2
const GIB = 1024 ** 3

export function transfer(id: string, fileName: string, rest: Partial<TransferView> = {}): TransferView {
  return {
    id,
    direction: 'up',
    fileName,
    serverId: 'uni',
    serverName: 'hub.uni.example',
    path: { entity: 'ada', collection: 'genomics', container: fileName.split('_')[0] ?? fileName },
    tags: ['1.9.0'],
    arch: 'amd64',
    phase: { kind: 'queued' },
    bytesTotal: 3.1 * GIB,
    bytesDone: 0,
    parts: { total: 0, done: 0, inFlight: 0, retried: 0 },
    speed: 0,
    secondsLeft: null,
    created: '2026-11-22T13:40:00Z',
    finished: null,
    secondsTaken: null,
    digest: null,
    reference: `library://ada/genomics/${fileName.split('_')[0] ?? fileName}:1.9.0`,
    restarted: null,
    filePresent: true,
    notes: [],
    link: null,
    check: null,
    ...rest,
  }
}

export const transfers: TransferList = {
  speedUp: 18.4 * MIB,
  speedDown: 31.2 * MIB,
  allPaused: false,
  active: [
    transfer('t1', 'deepvariant_1.9.0.sif', {
      phase: { kind: 'uploading' },
      bytesDone: 1.92 * GIB,
      parts: { total: 50, done: 31, inFlight: 2, retried: 1 },
      speed: 18.4 * MIB,
      secondsLeft: 65,
    }),
    transfer('t2', 'pytorch_2.5.1-cuda12.sif', {
      direction: 'down',
      phase: { kind: 'downloading' },
      bytesTotal: 4.9 * GIB,
      bytesDone: 1.3 * GIB,
      parts: { total: 80, done: 21, inFlight: 4, retried: 0 },
      speed: 31.2 * MIB,
      secondsLeft: 118,
    }),
    transfer('t3', 'samtools_1.22.sif', {
      phase: { kind: 'server_processing' },
      bytesTotal: 94.6 * MIB,
      bytesDone: 94.6 * MIB,
      serverId: 'cloud',
      serverName: 'Sylabs Cloud',
    }),
  ],
  queued: [
    transfer('t4', 'relion_5.0.sif', { direction: 'down', bytesTotal: 2.2 * GIB }),
    transfer('t5', 'freesurfer_7.4.1.sif', {
      bytesTotal: 5.6 * GIB,
      bytesDone: 3 * GIB,
      phase: { kind: 'paused' },
    }),
  ],
  attention: [
    transfer('t6', 'fsl_6.0.7.sif', {
      phase: {
        kind: 'needs_attention',
        error: {
          code: 'quota_exceeded',
          params: { server: 'Sylabs Cloud', needs: 3.1 * GIB, left: 0.9 * GIB, total: 11 * GIB },
          retry: 'yes',
          details: 'POST /v2/imagefile/66f1/_multipart: 507 quota exceeded',
        },
      },
    }),
  ],
  history: [
    transfer('t7', 'minimap2_2.28.sif', {
      direction: 'down',
      phase: { kind: 'done', how: 'verified' },
      bytesTotal: 41 * MIB,
      bytesDone: 41 * MIB,
      secondsTaken: 2,
      finished: '2026-11-22T14:02:00Z',
    }),
    transfer('t8', 'multiqc_1.25.1.sif', {
      phase: { kind: 'done', how: 'arrived_late' },
      link: 'anyone',
      finished: '2026-11-22T13:47:00Z',
    }),
    transfer('t9', 'gatk_4.6.1.sif', {
      direction: 'down',
      phase: { kind: 'cancelled' },
      finished: '2026-11-21T10:00:00Z',
    }),
  ],
}

/** A minute with a short break of the uploads. */
export function speeds(): Sample[] {
  return Array.from({ length: SAMPLES }, (_, second) => ({
    up: second > 21 && second < 29 ? 2 * MIB : (17 + 2 * Math.sin(second / 5)) * MIB,
    down: (30 + 3 * Math.sin(second / 4) + Math.sin(second)) * MIB,
  }))
}
