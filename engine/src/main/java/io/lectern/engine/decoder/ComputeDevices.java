package io.lectern.engine.decoder;

import io.lectern.engine.ComputeDevice;
import io.lectern.engine.EngineException;
import io.lectern.engine.torch.TorchBackend;

/** The devices that decoders can compute on. */
public final class ComputeDevices {
    private ComputeDevices() {}

    /**
     * How many CUDA devices the tensor runtime finds here.
     *
     * @throws EngineException with FAILED if the runtime is not available
     */
    public static int cudaDevices() {
        return TorchBackend.cudaDevices();
    }

    /**
     * Refuses a device that is not there: nobody who asks for one is served by another, which may take a hundred times as
     * long.
     *
     * @throws EngineException with DEVICE_MISSING
     */
    public static void require(ComputeDevice device) {
        if (device.kind() != ComputeDevice.Kind.CUDA) {
            return;
        }
        int devices = cudaDevices();
        if (device.index() < devices) {
            throw new EngineException(
                    EngineException.Reason.DEVICE_MISSING,
                    "There is a device " + device
                            + ", but this Lectern computes on the processor only. Leave the device"
                            + " out, or choose cpu.");
        }
        throw new EngineException(
                EngineException.Reason.DEVICE_MISSING,
                devices == 0
                        ? "There is no CUDA device here that the tensor runtime (libtorch) can use. Leave the device out, or"
                                + " choose cpu."
                        : "There is no device " + device + " here: CUDA devices are numbered from cuda:0 to cuda:"
                                + (devices - 1) + ".");
    }
}
